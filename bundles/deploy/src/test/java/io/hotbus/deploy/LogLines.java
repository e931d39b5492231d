// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** What is logged while this is open, as {@code LEVEL message}. */
final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final long DEADLINE = TimeUnit.SECONDS.toNanos(60);

    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");
    /** Guarded by itself. */
    private final List<String> lines = new ArrayList<>();

    LogLines() {
        root.setLevel(Level.INFO);
        root.detachAppender("console");
        root.addAppender(this);
        start();
    }

    @Override
    protected void append(ILoggingEvent line) {
        synchronized (lines) {
            lines.add(line.getLevel() + " " + line.getFormattedMessage());
            lines.notifyAll();
        }
    }

    List<String> all() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    /** Those that contain {@code part}, as soon as there is one. */
    List<String> await(String part) throws InterruptedException {
        return await(part, 1);
    }

    /** Those that contain {@code part}, as soon as there are {@code count}. */
    List<String> await(String part, int count) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE;
        synchronized (lines) {
            while (true) {
                List<String> found = lines.stream().filter(l -> l.contains(part)).toList();
                if (found.size() >= count) {
                    return found;
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("not logged: " + part + ", but " + lines);
                }
                lines.wait(left);
            }
        }
    }

    @Override
    public void close() {
        root.detachAppender(this);
        root.setLevel(Level.OFF);
        stop();
    }
}
