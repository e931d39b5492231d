// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What the bundle logs while this is open. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.hotbus.bus");
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    LogLines() {
        logger.setLevel(Level.WARN);
        logger.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        lines.add(line);
    }

    /** Oldest first. */
    List<String> warnings() {
        return lines.stream().filter(line -> line.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(Level.OFF);
        stop();
    }
}
