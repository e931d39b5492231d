// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.hotbus.os.UnixSocketName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The older protocol of DPDK's telemetry, which collectd speaks: a client registers the path of a
 * socket of its own; the server dials it and answers requests there. Source: DPDK {@code
 * lib/telemetry/telemetry_legacy.c}, {@code lib/metrics/rte_metrics_telemetry.c}.
 *
 * @param registry answers what is asked for
 */
record Legacy(Registry registry) {
    /** The longest reply, in bytes: collectd takes no more. Later ports are left out. */
    static final int MAX_LENGTH = 100_000;

    private static final JsonFactory JSON = new JsonFactory();
    private static final String UNKNOWN = "Status Error: Unknown";
    private static final String INVALID = "Status Error: Invalid Argument 404";
    private static final String OK = "Status OK: 200";
    private static final int GET = 0;
    private static final int REGISTER = 1;
    private static final int UNREGISTER = 2;

    /** {@code action} is -1, and a text empty, where it is missing. */
    private record Request(int action, String command, String path) {
        static Request parse(byte[] text) throws IOException {
            int action = -1;
            String command = "";
            String path = "";
            try (JsonParser json = JSON.createParser(text)) {
                while (json.nextToken() != null) {
                    if (json.currentToken() == JsonToken.VALUE_NUMBER_INT
                            && "action".equals(json.currentName())) {
                        action = json.getIntValue();
                    } else if (json.currentToken() == JsonToken.VALUE_STRING) {
                        command = "command".equals(json.currentName()) ? json.getText() : command;
                        path = "client_path".equals(json.currentName()) ? json.getText() : path;
                    }
                }
            }
            return new Request(action, command, path);
        }
    }

    /** The conversation with a client that registers. It gets no reply there. */
    Conversation.Step register(byte[] text) {
        try {
            final Request request = Request.parse(text);
            final String path = request.path();
            if (request.action() == REGISTER && UnixSocketName.isPossible(path)
                    && path.indexOf('\0') < 0) {
                return Conversation.Step.dial(path, this::answer);
            }
        } catch (IOException e) {
            return Conversation.Step.bye();
        }
        return Conversation.Step.bye();
    }

    /** The conversation on the client's own socket. */
    Conversation.Step answer(byte[] text) {
        try {
            final Request request = Request.parse(text);
            if (request.action() == UNREGISTER) {
                return Conversation.Step.bye();
            }
            return Conversation.Step.reply(request.action() != GET ? status(INVALID, null)
                    : switch (request.command()) {
                        case "ports_all_stat_values" -> longest(ports());
                        case "global_stat_values" -> status(OK, List.of(entry(-1, sums())));
                        default -> status(INVALID, null);
                    });
        } catch (IOException e) {
            return Conversation.Step.reply(status(UNKNOWN, null));
        }
    }

    private byte[] status(String code, Object data) {
        final Map<String, Object> reply = new LinkedHashMap<>();
        reply.put("status_code", code);
        reply.put("data", data);
        try {
            return Reply.json(reply);
        } catch (IOException e) {
            throw new IllegalStateException(e); // written to memory
        }
    }

    private byte[] longest(Map<Integer, Map<String, Long>> ports) {
        final List<Object> entries = new ArrayList<>();
        ports.forEach((id, values) -> entries.add(entry(id, values)));
        byte[] reply = status(OK, entries);
        while (reply.length > MAX_LENGTH) {
            final int fit = (int) ((long) entries.size() * MAX_LENGTH / reply.length);
            entries.subList(Math.min(fit, entries.size() - 1), entries.size()).clear();
            reply = status(OK, entries);
        }
        return reply;
    }

    private static Map<String, Object> entry(int port, Map<String, Long> values) {
        final List<Map<String, Object>> stats = new ArrayList<>();
        values.forEach((name, value) -> {
            final Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", name);
            one.put("value", value);
            stats.add(one);
        });
        final Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("port", port);
        entry.put("stats", stats);
        return entry;
    }

    /** The counters of all ports in the list, by port and name. */
    private Map<Integer, Map<String, Long>> ports() {
        final Map<Integer, Map<String, Long>> all = new LinkedHashMap<>();
        if (registry.value("/ethdev/list", Optional.empty()) instanceof List<?> ids) {
            for (Object id : ids) {
                final Map<String, Long> values = new LinkedHashMap<>();
                if (registry.value("/ethdev/xstats", Optional.of(id.toString()))
                        instanceof Map<?, ?> xstats) {
                    xstats.forEach((name, value) ->
                            values.put(name.toString(), ((Number) value).longValue()));
                    all.put(((Number) id).intValue(), values);
                }
            }
        }
        return all;
    }

    private Map<String, Long> sums() {
        final Map<String, Long> sums = new LinkedHashMap<>();
        ports().values().forEach(port ->
                port.forEach((name, value) -> sums.merge(name, value, Long::sum)));
        return sums;
    }
}
