// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.eventlog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hotbus.app.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class EventFileTest {
    @TempDir
    private Path folder;

    @Test
    void shouldAppendALineAtOnce() throws Exception {
        Path file = folder.resolve("events.jsonl");
        Files.writeString(file, "{\"timeNanos\":1,\"event\":\"OLD\"}\n");
        try (EventFile log = new EventFile(file)) {
            log.append(-2, "ADD", json -> json.writeStringField("device", "a\"\n\u2028b"));
            assertThat(file).hasContent("""
                    {"timeNanos":1,"event":"OLD"}
                    {"timeNanos":-2,"event":"ADD","device":"a\\"\\n\u2028b"}
                    """);
            log.append(3, "BIND", json -> { });
            assertThat(Files.readString(file)).endsWith("\n{\"timeNanos\":3,\"event\":\"BIND\"}\n");
        }
    }

    @Test
    void shouldSayWhyItCannotBeOpened() {
        assertRefused(folder, "--event-log " + folder + ": cannot be opened: Is a directory");
        Path lost = folder.resolve("no/such.jsonl");
        assertRefused(lost, "--event-log " + lost + ": cannot be opened: there is no such folder");
        Path below = Path.of("/dev/null/events.jsonl");
        assertRefused(below, "--event-log " + below + ": cannot be opened: Not a directory");
    }

    private static void assertRefused(Path file, String message) {
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> new EventFile(file))
                .withMessage(message);
    }

    @Test
    void shouldComplainOnceOfWhatCannotBeWritten() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(EventFile.class);
        ListAppender<ILoggingEvent> said = new ListAppender<>();
        said.start();
        Level quiet = logger.getLevel();
        logger.setLevel(Level.ERROR);
        logger.addAppender(said);
        try (EventFile log = new EventFile(Path.of("/dev/full"))) {
            log.append(1, "ADD", json -> { });
            log.append(2, "BIND", json -> { });
        } finally {
            logger.detachAppender(said);
            logger.setLevel(quiet);
        }

        assertThat(said.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly(
                "/dev/full: the event log lacks events from now on: No space left on device");
    }

    @Test
    void shouldIgnoreWhatComesTooLate() throws Exception {
        Path file = folder.resolve("events.jsonl");
        EventFile log = new EventFile(file);
        log.close();
        log.close();
        log.append(1, "ADD", json -> { });

        assertThat(file).isEmptyFile();
    }
}
