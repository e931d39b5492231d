// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Optional;

/**
 * Renders values as JSON: records and maps become objects, an empty {@code Optional} null, and what
 * is neither a number nor a boolean its text. Any thread.
 */
public final class Json {
    private final JsonGenerator out;

    private Json(JsonGenerator out) {
        this.out = out;
    }

    /**
     * On several lines, for people. A sentence alone becomes {@code {"message": "..."}}.
     *
     * @throws IOException a record cannot be read; the message names the component
     */
    public static String pretty(Object value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            new Json(out.useDefaultPrettyPrinter())
                    .write(value instanceof String message ? Map.of("message", message) : value);
        }
        return text.toString();
    }

    /**
     * On one line.
     *
     * @throws IOException a record cannot be read; the message names the component
     */
    public static String line(Object value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
            new Json(out).write(value);
        }
        return text.toString();
    }

    private void write(Object value) throws IOException {
        if (value instanceof Record record) {
            writeRecord(record);
        } else if (value instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(entry.getValue());
            }
            out.writeEndObject();
        } else if (value instanceof Iterable<?> list) {
            out.writeStartArray();
            for (Object element : list) {
                write(element);
            }
            out.writeEndArray();
        } else if (value instanceof Optional<?> optional) {
            write(optional.orElse(null));
        } else {
            writeScalar(value);
        }
    }

    private void writeScalar(Object value) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeNumber(((Number) value).longValue());
        } else if (value instanceof Number number) {
            out.writeNumber(number.doubleValue());
        } else {
            out.writeString(value.toString());
        }
    }

    private void writeRecord(Record value) throws IOException {
        out.writeStartObject();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            out.writeFieldName(component.getName());
            try {
                Method accessor = component.getAccessor();
                accessor.setAccessible(true); // the record may be private to its bundle
                write(accessor.invoke(value));
            } catch (ReflectiveOperationException e) {
                throw new IOException("%s.%s cannot be read: %s".formatted(
                        value.getClass().getName(), component.getName(), e), e);
            }
        }
        out.writeEndObject();
    }
}
