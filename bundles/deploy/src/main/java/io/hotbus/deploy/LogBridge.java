// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Forwards entries of the OSGi log service to the log, for example those of Declarative Services,
 * Configuration Admin and FileInstall. Forwards earlier entries, too, in order and once. The logger
 * is that of the bundle.
 *
 * <p>Skips failed activations of bundles for which {@code toldElsewhere} is true, because
 * Declarative Services log them at each request for the component's service.
 */
final class LogBridge extends ServiceTracker<LogReaderService, LogReaderService>
        implements LogListener {
    private static final String FRAMEWORK_EVENTS = "Events.Framework.";
    private static final String EVENTS = "Events.";
    /** Parts of the messages of Declarative Services about a component that fails to activate. */
    private static final List<String> FAILURES = List.of(
            "Error during instantiation of the implementation object",
            "method has thrown an exception");

    private final Predicate<Bundle> toldElsewhere;

    /** The number of the last entry that was forwarded. Guarded by this. */
    private long last = -1;

    LogBridge(BundleContext context, Predicate<Bundle> toldElsewhere) {
        super(context, LogReaderService.class, null);
        this.toldElsewhere = toldElsewhere;
    }

    @Override
    public LogReaderService addingService(ServiceReference<LogReaderService> reference) {
        LogReaderService reader = super.addingService(reference);
        reader.addLogListener(this);
        List<LogEntry> early = Collections.list(reader.getLog());
        early.sort(Comparator.comparingLong(LogEntry::getSequence));
        early.forEach(this::logged);
        return reader;
    }

    @Override
    public void removedService(
            ServiceReference<LogReaderService> reference, LogReaderService reader) {
        reader.removeLogListener(this);
        super.removedService(reference, reader);
    }

    @Override
    public synchronized void logged(LogEntry entry) {
        if (entry.getSequence() <= last) {
            return;
        }
        last = entry.getSequence();
        if (!entry.getLoggerName().startsWith(EVENTS)) {
            boolean told = FAILURES.stream().anyMatch(entry.getMessage()::contains)
                    && toldElsewhere.test(entry.getBundle());
            forward(entry, told ? LogLevel.DEBUG : entry.getLogLevel(), entry.getMessage());
        } else if (entry.getLoggerName().startsWith(FRAMEWORK_EVENTS)
                && entry.getLogLevel() == LogLevel.ERROR && entry.getException() != null) {
            forward(entry, LogLevel.ERROR, Causes.sentence(entry.getException()));
        } // what becomes of bundles is for the Reporter to tell
    }

    private static void forward(LogEntry entry, LogLevel level, String message) {
        String bundle = Bundles.name(entry.getBundle());
        Logger logger = LoggerFactory.getLogger(bundle);
        logger.atLevel(level(level)).setCause(entry.getException())
                .log("{}: {}", bundle, message);
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case AUDIT, INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
