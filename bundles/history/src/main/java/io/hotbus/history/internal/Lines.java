// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.history.Fault;
import io.hotbus.history.Removal;
import io.hotbus.history.Step;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Removals and faults as JSON objects, one a line. One thread at a time. */
final class Lines {
    private static final String STEPS = "steps";

    private final JsonFactory factory = new JsonFactory();
    /** Names that come again and again are kept once. */
    private final Map<String, String> names = new HashMap<>();

    /** Receives what a line says. */
    interface Reader {
        /** The line is a removal. */
        void removal(Removal removal);

        /** The line is a fault. */
        void fault(Fault fault);
    }

    byte[] line(Removal removal) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("removal", removal.number());
            json.writeStringField("time", removal.time().toString());
            json.writeStringField("bus", removal.bus());
            json.writeStringField("device", removal.device());
            json.writeStringField("cause", removal.cause().name());
            if (removal.detachedNanos().isPresent()) {
                json.writeNumberField("detachedNanos", removal.detachedNanos().get());
            }
            if (removal.returnedNanos().isPresent()) {
                json.writeNumberField("returnedNanos", removal.returnedNanos().get());
            }
            json.writeArrayFieldStart(STEPS);
            for (Step step : removal.steps()) {
                write(json, step);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
        }
        return line.toByteArray();
    }

    private static void write(JsonGenerator json, Step step) throws IOException {
        json.writeStartObject();
        json.writeStringField("kind", step.kind().name());
        json.writeStringField("name", step.name());
        json.writeStringField("thread", step.thread());
        json.writeNumberField("beginNanos", step.beginNanos());
        json.writeNumberField("endNanos", step.endNanos());
        if (step.failure().isPresent()) {
            json.writeStringField("failure", step.failure().get());
        }
        json.writeEndObject();
    }

    byte[] line(Fault fault) throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("fault", fault.number());
            json.writeStringField("time", fault.time().toString());
            json.writeStringField("bus", fault.bus());
            json.writeStringField("device", fault.device());
            json.writeStringField("window", fault.window());
            json.writeNumberField("thread", fault.thread());
            json.writeNumberField("repairNanos", fault.repairNanos());
            json.writeEndObject();
            json.writeRaw('\n');
        }
        return line.toByteArray();
    }

    /**
     * Reads a line. Fields that are not known are skipped.
     *
     * @throws IOException it is neither a removal nor a fault; the message says why
     */
    void read(String line, Reader reader) throws IOException {
        try (JsonParser json = factory.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("no JSON object");
            }
            final Fields fields = new Fields();
            final List<Step> steps = new ArrayList<>();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                if (json.currentName().equals(STEPS)) {
                    readSteps(json, steps);
                } else {
                    fields.read(json);
                }
            }
            if (fields.values.containsKey("removal")) {
                reader.removal(removal(fields, steps));
            } else {
                reader.fault(fault(fields));
            }
        } catch (JsonProcessingException e) {
            throw new IOException(e.getOriginalMessage(), e);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void readSteps(JsonParser json, List<Step> steps) throws IOException {
        if (json.nextToken() != JsonToken.START_ARRAY) {
            throw new IOException("steps are no array");
        }
        while (json.nextToken() == JsonToken.START_OBJECT) {
            final Fields fields = new Fields();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                fields.read(json);
            }
            steps.add(new Step(DeviceStep.Kind.valueOf(fields.text("kind")),
                    name(fields.text("name")), name(fields.text("thread")),
                    fields.number("beginNanos"), fields.number("endNanos"),
                    Optional.ofNullable(fields.values.get("failure"))));
        }
    }

    private Removal removal(Fields fields, List<Step> steps) throws IOException {
        return new Removal(fields.positive("removal"), Instant.parse(fields.text("time")),
                name(fields.text("bus")), name(fields.text("device")),
                RemovalCause.valueOf(fields.text("cause")), steps,
                fields.optional("detachedNanos"), fields.optional("returnedNanos"));
    }

    private Fault fault(Fields fields) throws IOException {
        return new Fault(fields.positive("fault"), Instant.parse(fields.text("time")),
                name(fields.text("bus")), name(fields.text("device")),
                name(fields.text("window")), (int) fields.number("thread"),
                fields.number("repairNanos"));
    }

    private String name(String text) {
        return names.computeIfAbsent(text, t -> t);
    }

    /** The scalars of an object. */
    private static final class Fields {
        final Map<String, String> values = new HashMap<>();

        void read(JsonParser json) throws IOException {
            final String name = json.currentName();
            json.nextToken();
            if (json.currentToken().isScalarValue()) {
                values.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }

        String text(String name) throws IOException {
            final String value = values.get(name);
            if (value == null) {
                throw new IOException("lacks '" + name + "'");
            }
            return value;
        }

        long number(String name) throws IOException {
            try {
                return Long.parseLong(text(name));
            } catch (NumberFormatException e) {
                throw new IOException("'%s' is no number: %s".formatted(name, text(name)), e);
            }
        }

        long positive(String name) throws IOException {
            final long number = number(name);
            if (number < 1 || number == Long.MAX_VALUE) {
                throw new IOException("'%s' is no number of one: %s".formatted(name, number));
            }
            return number;
        }

        Optional<Long> optional(String name) throws IOException {
            return values.containsKey(name) ? Optional.of(number(name)) : Optional.empty();
        }
    }
}
