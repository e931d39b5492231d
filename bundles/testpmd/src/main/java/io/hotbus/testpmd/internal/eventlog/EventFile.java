// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.eventlog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.hotbus.app.UsageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of {@code --event-log}: one JSON object per line, each written by one write(2), so that
 * a reader always sees whole lines. Any thread.
 */
final class EventFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFile.class);

    /** The fields of an event besides its time and name. */
    @FunctionalInterface
    interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    private final JsonFactory factory = new JsonFactory();
    private final Path file;
    private final OutputStream out;
    private boolean complained;
    private boolean closed;

    /**
     * Appends to it, or makes it.
     *
     * @throws UsageException it cannot be opened, and why
     */
    EventFile(Path file) throws UsageException {
        this.file = file;
        try {
            out = Files.newOutputStream(
                    file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UsageException(
                    "--event-log %s: cannot be opened: %s".formatted(file, reason(e)));
        }
    }

    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        return e instanceof FileSystemException known && known.getReason() != null
                ? known.getReason() : e.toString();
    }

    /** Adds a line. Logs the first failure to write. */
    synchronized void append(long timeNanos, String event, Fields fields) {
        if (closed) {
            return;
        }
        try {
            out.write(line(timeNanos, event, fields));
        } catch (IOException e) {
            if (!complained) {
                complained = true;
                LOG.error("{}: the event log lacks events from now on: {}", file, e.getMessage());
            }
        }
    }

    private byte[] line(long timeNanos, String event, Fields fields) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = factory.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("timeNanos", timeNanos);
            json.writeStringField("event", event);
            fields.write(json);
            json.writeEndObject();
            json.writeRaw('\n');
        }
        return line.toByteArray();
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.error("{}: cannot be closed: {}", file, e.getMessage());
        }
    }
}
