// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the bundle logs while this is open. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.hotbus.core");
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    public LogLines() {
        logger.setLevel(Level.DEBUG);
        logger.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        lines.add(line);
    }

    /** The lines of {@code level}, oldest first. */
    public List<String> of(org.slf4j.event.Level level) {
        return lines.stream().filter(line -> line.getLevel().toString().equals(level.name()))
                .map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(Level.OFF);
        stop();
    }
}
