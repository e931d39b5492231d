// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the log as a record of systemd's journal. Its fields: MESSAGE, PRIORITY,
 * SYSLOG_IDENTIFIER, CODE_FILE, CODE_LINE, CODE_FUNC are systemd's, THREAD, LOGGER and
 * STACK_TRACE Java's, HOTBUS_DEVICE and HOTBUS_PORT tell what the line is about. Source: systemd,
 * JOURNAL_NATIVE_PROTOCOL and systemd.journal-fields(7).
 */
final class JournalRecord {
    /** The longest field, in bytes: a datagram has to hold them all. */
    static final int LONGEST = 64 << 10;

    /** A line about a device begins with its name or its port, as in {@code port 0 (net_sim0)}. */
    private static final Pattern DEVICE = Pattern.compile("(?:port (\\d+) \\()?"
            + "([a-z]+_[\\w.-]+|[a-z]+\\d+|[0-9a-f]{4,}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7])\\)?");
    private static final String ARGUMENT = "{}";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final String message;

    private JournalRecord(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        message = event.getFormattedMessage() + (thrown == null ? "" : " (" + text(thrown) + ")");
        add("MESSAGE", message);
        add("PRIORITY", JournalAppender.priority(event.getLevel()));
        add("SYSLOG_IDENTIFIER", "hotbus");
        add("THREAD", event.getThreadName());
        add("LOGGER", event.getLoggerName());
        addDevice(event);
        addCaller(event);
        if (thrown != null) {
            add("STACK_TRACE", ThrowableProxyUtil.asString(thrown));
        }
    }

    static JournalRecord of(ILoggingEvent event) {
        return new JournalRecord(event);
    }

    /** The datagram. */
    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** What the line says, with the sentence of the exception. */
    String message() {
        return message;
    }

    private static String text(IThrowableProxy thrown) {
        return thrown.getMessage() == null ? thrown.getClassName()
                : thrown.getClassName() + ": " + thrown.getMessage();
    }

    private void addDevice(ILoggingEvent event) {
        Object[] arguments = event.getArgumentArray();
        if (arguments == null || arguments.length == 0
                || !event.getMessage().startsWith(ARGUMENT)) {
            return;
        }
        Matcher device = DEVICE.matcher(String.valueOf(arguments[0]));
        if (device.matches()) {
            add("HOTBUS_DEVICE", device.group(2));
            if (device.group(1) != null) {
                add("HOTBUS_PORT", device.group(1));
            }
        }
    }

    private void addCaller(ILoggingEvent event) {
        StackTraceElement[] callers = event.getCallerData();
        if (callers.length > 0) {
            StackTraceElement caller = callers[0];
            add("CODE_FILE", caller.getFileName());
            add("CODE_LINE", caller.getLineNumber());
            add("CODE_FUNC", caller.getClassName() + "." + caller.getMethodName());
        }
    }

    private void add(String name, Object value) {
        if (value == null) {
            return;
        }
        byte[] text = String.valueOf(value).getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, LONGEST);
        // By its length, since it may have several lines.
        bytes.writeBytes((name + "\n").getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, length).array());
        bytes.write(text, 0, length);
        bytes.write('\n');
    }
}
