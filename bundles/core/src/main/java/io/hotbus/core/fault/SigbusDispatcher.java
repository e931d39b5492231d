// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.core.device.Buses;
import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.thread.EventLoop;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code sigbus-dispatcher}: takes the repaired faults and asks the handlers whose they
 * are. What nobody claims is kept for the handlers that come.
 */
@Component(service = SigbusDispatcher.class)
public final class SigbusDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(SigbusDispatcher.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SigbusWindows table;
    private final WindowMapper mapper;
    private final FaultAnnouncer announcer;
    private final Buses buses;
    private final EventLoop loop;
    private final DrainingServices<SigbusHandler> handlers = new DrainingServices<>(PATIENCE);
    /** Faults nobody has claimed yet, oldest first. The thread's own. */
    private final List<PendingFault> unclaimed = new ArrayList<>();

    @Activate
    public SigbusDispatcher(@Reference Linux linux, @Reference SigbusWindows table,
            @Reference WindowMapper mapper, @Reference FaultAnnouncer announcer,
            @Reference Buses buses) throws LinuxException {
        this.table = table;
        this.mapper = mapper;
        this.announcer = announcer;
        this.buses = buses;
        int faults = table.eventfd();
        loop = new EventLoop(linux, "sigbus-dispatcher", () -> { });
        loop.watch(faults, this::takeFaults);
        loop.start();
    }

    @Deactivate
    public void close() {
        loop.close();
    }

    /** For what else belongs on this thread. */
    EventLoop thread() {
        return loop;
    }

    /**
     * Asked from now on, and of the faults that nobody has claimed so far. Does not wait for it.
     */
    public void add(SigbusHandler handler, ServiceProperties properties) {
        handlers.add(handler, properties);
        loop.execute(this::offerUnclaimed);
    }

    /** Returns when the call inside it has. */
    public void remove(SigbusHandler handler, ServiceProperties properties) {
        handlers.remove(handler, properties);
    }

    private void takeFaults() {
        unclaimed.removeIf(this::isReleased);
        for (SigbusWindows.Fault taken : table.take()) {
            Optional<WindowMapper.Claim> claim = mapper.claim(taken.window());
            if (claim.isEmpty()) {
                LOG.debug("SIGBUS at {}: its window has been released, nothing is left to do",
                        Long.toHexString(taken.address()));
                continue;
            }
            SigbusFault fault = new SigbusFault(taken.address(), claim.get().window().name(),
                    taken.thread(), taken.timeNanos(), taken.repairNanos(), taken.count());
            LOG.debug("{}", fault);
            PendingFault pending = new PendingFault(claim.get(), fault);
            if (!offer(pending)) {
                LOG.warn("{}: no SIGBUS handler claims it; kept for the next to come", fault);
                unclaimed.add(pending);
            }
        }
    }

    private void offerUnclaimed() {
        unclaimed.removeIf(pending -> isReleased(pending) || offer(pending));
    }

    private boolean isReleased(PendingFault pending) {
        boolean released = mapper.claim(pending.claim().number()).isEmpty();
        if (released) {
            LOG.debug("{}: its window has been released meanwhile", pending.fault());
        }
        return released;
    }

    /** Asks the handlers that have not been asked of it before. Whether one has claimed it. */
    private boolean offer(PendingFault pending) {
        for (PlugIn<SigbusHandler> handler : pending.notAskedOf(handlers.snapshot())) {
            pending.beginAnnouncing(announcer);
            Optional<SigbusVerdict> verdict = ask(handler, pending.fault());
            boolean claimed = verdict.filter(v -> v != SigbusVerdict.NOT_CLAIMED).isPresent();
            if (claimed) {
                // For a handler that has claimed it, but reported no removal.
                buses.ownerOf(pending.claim().owner()).ifPresent(announcer::announce);
            }
            pending.endAnnouncing(announcer);
            if (claimed) {
                return true;
            }
            verdict.ifPresent(v -> pending.asked(handler));
        }
        return false;
    }

    /** Empty where the handler is just being left. */
    private static Optional<SigbusVerdict> ask(PlugIn<SigbusHandler> handler, SigbusFault fault) {
        try {
            Optional<SigbusVerdict> verdict = handler.call(
                    h -> Objects.requireNonNull(h.handleSigbus(fault), "it gave no verdict"));
            if (verdict.filter(v -> v == SigbusVerdict.FAILED).isPresent()) {
                LOG.error("{}: {} could not deal with it; the rest goes on", fault, handler);
            }
            return verdict;
        } catch (Throwable e) {
            // Errors too: a bundle that is going away may fail to link.
            LOG.error("{}: {} failed; the rest goes on", fault, handler, e);
            return Optional.of(SigbusVerdict.FAILED);
        }
    }
}
