// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** A reply as the client gets it: {@code {"COMMAND":VALUE}} in JSON, in UTF-8. */
final class Reply {
    /** The longest reply, in bytes. Source: DPDK {@code MAX_OUTPUT_LEN}. */
    static final int MAX_LENGTH = 16384;

    private static final JsonFactory JSON = new JsonFactory();

    private Reply() {
    }

    /** The reply to a command. The end of a list or map that is too long is left out. */
    static byte[] of(String command, Object value) throws IOException {
        final byte[] whole = wrapped(command, value);
        if (whole.length <= MAX_LENGTH) {
            return whole;
        }
        if (value instanceof List<?> list) {
            return longest(command, list.size(), count -> list.subList(0, count));
        }
        if (value instanceof Map<?, ?> map) {
            return longest(command, map.size(), count -> first(map, count));
        }
        throw new IOException("a value of " + whole.length + " bytes does not fit in a reply");
    }

    private static byte[] wrapped(String command, Object value) throws IOException {
        final Map<String, Object> reply = new LinkedHashMap<>();
        reply.put(command, value);
        return json(reply);
    }

    /** The reply with as many elements as fit. */
    private static byte[] longest(String command, int size, IntFunction<Object> part)
            throws IOException {
        int fits = 0;
        int tooMany = size;
        while (tooMany - fits > 1) {
            final int middle = (fits + tooMany) >>> 1;
            if (wrapped(command, part.apply(middle)).length <= MAX_LENGTH) {
                fits = middle;
            } else {
                tooMany = middle;
            }
        }
        return wrapped(command, part.apply(fits));
    }

    private static Map<Object, Object> first(Map<?, ?> map, int count) {
        final Map<Object, Object> part = new LinkedHashMap<>();
        final Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        for (int i = 0; i < count && entries.hasNext(); i++) {
            final Map.Entry<?, ?> entry = entries.next();
            part.put(entry.getKey(), entry.getValue());
        }
        return part;
    }

    /** A value in JSON. */
    static byte[] json(Object value) throws IOException {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            write(out, value);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator out, Object value) throws IOException {
        if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(out, element);
            }
            out.writeEndArray();
        } else if (value == null) {
            out.writeNull();
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeNumber(((Number) value).longValue());
        } else if (value instanceof String text) {
            out.writeString(text);
        } else {
            throw new IOException(value.getClass().getName() + " is no value for a reply");
        }
    }
}
