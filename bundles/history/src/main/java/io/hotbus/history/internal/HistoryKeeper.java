// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.DeviceStepListener;
import io.hotbus.history.Fault;
import io.hotbus.history.History;
import io.hotbus.history.HistoryCounts;
import io.hotbus.history.HistoryListener;
import io.hotbus.history.Removal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps removals and faults. Events and steps come on {@code control} and are handed to the thread
 * {@code history}, which reads and writes the file: a disk that is slow delays nothing else.
 */
@Component(service = {History.class, DeviceEventListener.class, DeviceStepListener.class},
        immediate = true, configurationPid = HistoryKeeper.PID)
@Designate(ocd = HistoryConfiguration.class)
public final class HistoryKeeper implements History, DeviceEventListener, DeviceStepListener {
    /** The PID of the settings in Configuration Admin. */
    public static final String PID = "io.hotbus.history";
    private static final Logger LOG = LoggerFactory.getLogger(HistoryKeeper.class);
    private static final long CLOSE_SECONDS = 5;
    /** How many events and steps wait for the disk. */
    private static final int BACKLOG = 1 << 16;
    /** The commands that run on behalf of an operator, and not to show or to test something. */
    private static final Set<String> SERVICES = Set.of("run", "shell");

    /** The values; {@link HistoryConfiguration} describes them. */
    private record Values(boolean file, Optional<Path> folder, int sizeKib, int kept) {
        static final Values DEFAULTS = new Values(HistoryConfiguration.FILE, Optional.empty(),
                HistoryConfiguration.SIZE_KIB, HistoryConfiguration.KEPT);

        static Values of(Settings settings) throws SettingException {
            final Path none = Path.of("/");
            final Path folder = settings.path("folder", none.toString());
            return new Values(settings.flag("file", HistoryConfiguration.FILE),
                    Optional.of(folder).filter(f -> !f.equals(none)),
                    settings.number("size.kib", HistoryConfiguration.SIZE_KIB, 64, 1 << 20),
                    settings.number("kept", HistoryConfiguration.KEPT, 1, 1_000_000));
        }
    }

    private final Ledger ledger;
    private final Journal journal;
    private final Optional<HistoryFile> file;
    private final ExecutorService thread = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(BACKLOG), task -> {
                final Thread made = new Thread(task, "history");
                made.setDaemon(true);
                return made;
            });
    private final AtomicBoolean behind = new AtomicBoolean();
    private final Future<?> read;
    private final List<HistoryListener> listeners = new CopyOnWriteArrayList<>();

    /** What the journal finds out, on the thread {@code history}. */
    private final class Output implements Journal.Output, Lines.Reader {
        @Override
        public void changed(Removal removal, boolean keep) {
            if (ledger.removal(removal.number()).isEmpty()) {
                ledger.count(removal);
            }
            ledger.put(removal);
            if (keep) {
                file.ifPresent(f -> f.append(removal));
            }
            tell(listener -> listener.onRemoval(removal));
        }

        @Override
        public void added(Fault fault) {
            ledger.count(fault);
            ledger.put(fault);
            file.ifPresent(f -> f.append(fault));
            tell(listener -> listener.onFault(fault));
        }

        @Override
        public void removal(Removal removal) {
            ledger.put(removal);
        }

        @Override
        public void fault(Fault fault) {
            ledger.put(fault);
        }
    }

    /** Keeps what happens from now on, and what the file has. */
    @Activate
    public HistoryKeeper(BundleContext context, Map<String, Object> properties) {
        this(values(properties), context);
    }

    private HistoryKeeper(Values values, BundleContext context) {
        this(open(values, context), values.kept());
    }

    HistoryKeeper(Optional<HistoryFile> file, int kept) {
        final Output output = new Output();
        this.file = file;
        this.ledger = new Ledger(kept);
        this.journal = new Journal(ledger, output);
        this.read = thread.submit(() -> file.ifPresent(f -> f.read(output)));
    }

    private static Values values(Map<String, Object> properties) {
        try {
            return Settings.read(PID, properties, Values::of);
        } catch (SettingException e) {
            LOG.error("{} (all of {} is as by default)", e.getMessage(), PID);
            return Values.DEFAULTS;
        }
    }

    private static Optional<HistoryFile> open(Values values, BundleContext context) {
        if (!values.file() || values.folder().isEmpty()
                && !SERVICES.contains(Arguments.command(context))) {
            return Optional.empty();
        }
        try {
            final Arguments arguments = Arguments.of(context);
            final boolean root = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
            final Optional<Path> folder =
                    values.folder().or(() -> StateFolder.of(System.getenv(), root));
            if (folder.isPresent() && !arguments.has(Arguments.IN_MEMORY)) {
                return Optional.of(new HistoryFile(folder.get().resolve(arguments.filePrefix()),
                        (long) values.sizeKib() << 10));
            }
        } catch (UsageException e) {
            LOG.debug("no file: {}", e.getMessage()); // the command says so and ends
        } catch (IOException e) {
            LOG.info("removals and faults are kept in memory alone: {}", e.getMessage());
        }
        return Optional.empty();
    }

    /** Writes what is known, and closes the file. */
    @Deactivate
    void deactivate() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("history: not all is written: the disk is too slow");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        file.ifPresent(HistoryFile::close);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addListener(HistoryListener listener) {
        listeners.add(listener);
    }

    void removeListener(HistoryListener listener) {
        listeners.remove(listener);
    }

    private void tell(Consumer<HistoryListener> call) {
        for (HistoryListener listener : listeners) {
            try {
                call.accept(listener);
            } catch (RuntimeException | LinkageError e) {
                LOG.error("{}: failed on a change of the history", listener, e);
            }
        }
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        hand(() -> journal.take(event));
    }

    @Override
    public void onDeviceStep(DeviceStep step) {
        hand(() -> journal.take(step));
    }

    private void hand(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            if (!thread.isShutdown() && !behind.getAndSet(true)) {
                LOG.error("{} events wait for the disk: further ones are not kept", BACKLOG, e);
            }
        }
    }

    /** Waits until the file has been read. */
    private Ledger ledger() {
        try {
            read.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        return ledger;
    }

    @Override
    public List<Removal> removals(long before, int limit) {
        return ledger().removals(before, limit);
    }

    @Override
    public Optional<Removal> removal(long number) {
        return ledger().removal(number);
    }

    @Override
    public List<Fault> faults(long before, int limit) {
        return ledger().faults(before, limit);
    }

    @Override
    public HistoryCounts counts() {
        return ledger().counts();
    }

    @Override
    public Optional<Path> file() {
        return file.map(HistoryFile::path);
    }
}
