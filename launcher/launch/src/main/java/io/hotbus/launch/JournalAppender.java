// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.LoggerFactory;

/**
 * The log as records of systemd's journal. Until a bundle has a socket for them, and where that
 * socket takes no more, they are lines on the standard error, which the journal reads, too: a line
 * begins with its priority. Source: sd-daemon(3), SD_ERR and others.
 */
public final class JournalAppender extends AppenderBase<ILoggingEvent> {
    /** Its name in {@code etc/journal.xml}. */
    static final String NAME = "journal";

    private volatile Predicate<byte[]> journal = record -> false;

    /** Created by logback. */
    public JournalAppender() {
    }

    /** The appender, if the log is for the journal. */
    static Optional<JournalAppender> find() {
        return LoggerFactory.getILoggerFactory() instanceof LoggerContext loggers
                && loggers.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(NAME)
                        instanceof JournalAppender appender
                ? Optional.of(appender) : Optional.empty();
    }

    /**
     * Sends records by {@code to} from now on, which returns whether the journal has taken the
     * record. It is called by threads that log, one at a time, and must not wait or log.
     */
    void sendBy(Predicate<byte[]> to) {
        journal = to;
    }

    @Override
    protected void append(ILoggingEvent event) {
        JournalRecord fields = JournalRecord.of(event);
        if (!journal.test(fields.bytes())) {
            String prefix = "<" + priority(event.getLevel()) + ">";
            System.err.println(prefix + fields.message().replace("\n", "\n" + prefix));
        }
    }

    /** The priority of syslog(3). */
    static int priority(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return 3;
        }
        if (level.isGreaterOrEqual(Level.WARN)) {
            return 4;
        }
        return level.isGreaterOrEqual(Level.INFO) ? 6 : 7;
    }
}
