// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JournalRecordTest {
    private final LoggerContext loggers = new LoggerContext();
    private final Logger logger = loggers.getLogger("org.acme.Thing");
    private final List<byte[]> sent = new ArrayList<>();
    private final PrintStream err = System.err;

    @AfterEach
    void restore() {
        System.setErr(err);
    }

    private LoggingEvent event(Level level, String text, Throwable thrown, Object... arguments) {
        return new LoggingEvent(Logger.class.getName(), logger, level, text, thrown, arguments);
    }

    private Map<String, String> fields(LoggingEvent event) {
        Map<String, String> fields = new TreeMap<>();
        ByteBuffer bytes = ByteBuffer.wrap(JournalRecord.of(event).bytes())
                .order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            StringBuilder name = new StringBuilder();
            for (byte b = bytes.get(); b != '\n'; b = bytes.get()) {
                name.append((char) b);
            }
            byte[] value = new byte[Math.toIntExact(bytes.getLong())];
            bytes.get(value);
            assertThat(bytes.get()).as("the end of " + name).isEqualTo((byte) '\n');
            fields.put(name.toString(), new String(value, StandardCharsets.UTF_8));
        }
        return fields;
    }

    @Test
    void shouldHaveTheFieldsOfTheLine() {
        assertThat(fields(event(Level.WARN, "ring {} is\nfull", null, 7)))
                .containsEntry("MESSAGE", "ring 7 is\nfull")
                .containsEntry("PRIORITY", "4")
                .containsEntry("SYSLOG_IDENTIFIER", "hotbus")
                .containsEntry("THREAD", Thread.currentThread().getName())
                .containsEntry("LOGGER", "org.acme.Thing")
                .doesNotContainKeys("HOTBUS_DEVICE", "HOTBUS_PORT", "STACK_TRACE");
    }

    @Test
    void shouldNameTheDeviceThatTheLineBeginsWith() {
        for (String device : List.of("net_sim0", "0000:03:00.0", "acme1", "net_tap_left")) {
            assertThat(fields(event(Level.INFO, "{}: attached", null, device)))
                    .containsEntry("HOTBUS_DEVICE", device).doesNotContainKey("HOTBUS_PORT");
        }
        assertThat(fields(event(Level.INFO, "{}: started", null, "port 3 (0000:03:00.0)")))
                .containsEntry("HOTBUS_DEVICE", "0000:03:00.0").containsEntry("HOTBUS_PORT", "3");
    }

    @Test
    void shouldTakeNothingElseForADevice() {
        assertThat(fields(event(Level.INFO, "{}: runs", null, "lcore-1")))
                .doesNotContainKey("HOTBUS_DEVICE");
        assertThat(fields(event(Level.INFO, "cpu {}: no node", null, "net_sim0")))
                .doesNotContainKey("HOTBUS_DEVICE");
        assertThat(fields(event(Level.INFO, "{}", null, new Object[] {null})))
                .doesNotContainKey("HOTBUS_DEVICE");
    }

    @Test
    void shouldTellOfTheException() {
        Map<String, String> fields = fields(event(Level.ERROR, "{}: failed",
                new IllegalStateException("on fire"), "net_sim0"));
        assertThat(fields).containsEntry("PRIORITY", "3").containsEntry("MESSAGE",
                "net_sim0: failed (java.lang.IllegalStateException: on fire)");
        assertThat(fields.get("STACK_TRACE")).contains("shouldTellOfTheException");
    }

    @Test
    void shouldCutWhatADatagramCannotHold() {
        assertThat(fields(event(Level.INFO, "x".repeat(JournalRecord.LONGEST + 1), null)))
                .containsEntry("MESSAGE", "x".repeat(JournalRecord.LONGEST));
    }

    @Test
    void shouldSayWhereTheLineWasLogged() {
        JournalAppender appender = appender();
        appender.sendBy(sent::add);
        logger.info("here");
        assertThat(new String(sent.get(0), StandardCharsets.UTF_8)).contains("CODE_FILE\n",
                "JournalRecordTest.java\n", "JournalRecordTest.shouldSayWhereTheLineWasLogged\n");
    }

    @Test
    void shouldPrintWhatTheJournalDoesNotTake() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        JournalAppender appender = appender();
        logger.warn("before there is a socket");
        appender.sendBy(sent::add);
        logger.error("taken");
        appender.sendBy(record -> false);
        logger.debug("two\nlines");
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo(
                "<4>before there is a socket%n<7>two\n<7>lines%n".formatted());
        assertThat(sent).hasSize(1);
    }

    private JournalAppender appender() {
        JournalAppender appender = new JournalAppender();
        appender.setContext(loggers);
        appender.start();
        logger.addAppender(appender);
        return appender;
    }
}
