// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.core.plugin.DrainingServices;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.core.plugin.ServiceProperties;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.thread.EventLoop;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
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
 * Takes the repaired faults, finds the window and the device of each, and asks the handlers in turn
 * until one claims the fault. Passes a claimed fault on to the {@link HotUnplugPath}. A fault that
 * no handler claims is kept for handlers that are registered later. Thread {@code
 * sigbus-dispatcher}.
 */
@Component(service = SigbusDispatcher.class)
public final class SigbusDispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(SigbusDispatcher.class);

    private final SigbusWindows table;
    private final WindowMapper mapper;
    private final HotUnplugPath hotUnplug;
    private final EventLoop loop;
    private final FaultTally tally;
    private final DrainingServices<SigbusHandler> handlers;
    private final int faults;
    private final Runnable reader = this::takeFaults;
    /** Faults that no handler has claimed yet, oldest first. Only this thread uses it. */
    private final List<PendingFault> unclaimed = new ArrayList<>();

    @Activate
    public SigbusDispatcher(@Reference SigbusWindows table, @Reference WindowMapper mapper,
            @Reference HotUnplugPath hotUnplug, @Reference SigbusThread thread,
            @Reference FaultTally tally, @Reference CoreSettings settings) throws LinuxException {
        this.table = table;
        this.mapper = mapper;
        this.hotUnplug = hotUnplug;
        this.loop = thread.loop();
        this.tally = tally;
        handlers = new DrainingServices<>(settings::serviceDrain);
        faults = table.eventfd();
        loop.watch(faults, reader);
    }

    @Deactivate
    public void close() {
        loop.unwatch(faults, reader);
    }

    /**
     * Adds {@code handler}, which is asked about the unclaimed faults and all later ones. Does not
     * wait for its answers.
     */
    public void add(SigbusHandler handler, ServiceProperties properties) {
        handlers.add(handler, properties);
        loop.execute(this::offerUnclaimed);
    }

    /** Takes over changed properties; a changed ranking counts from the next fault on. */
    public void update(SigbusHandler handler, ServiceProperties properties) {
        handlers.update(handler, properties);
    }

    /** Removes {@code handler}. Returns when the call inside it has returned. */
    public void remove(SigbusHandler handler, ServiceProperties properties) {
        handlers.remove(handler, properties);
    }

    private void takeFaults() {
        unclaimed.removeIf(this::isReleased);
        for (SigbusWindows.Fault repaired : table.take()) {
            tally.taken();
            mapper.claim(repaired.window()).ifPresentOrElse(claim -> dispatch(claim, repaired),
                    () -> {
                        tally.released();
                        LOG.debug("SIGBUS at {}: its window has been released, nothing is left to "
                                + "do", Long.toHexString(repaired.address()));
                    });
        }
    }

    private void dispatch(WindowMapper.Claim claim, SigbusWindows.Fault repaired) {
        SigbusFault fault = new SigbusFault(repaired.address(), claim.window().name(),
                repaired.thread(), repaired.timeNanos(), repaired.repairNanos(), repaired.count());
        LOG.debug("{}", fault);
        PendingFault pending = new PendingFault(claim, fault);
        if (!offer(pending) && !isReleased(pending)) {
            LOG.warn("{}: no SIGBUS handler claims it; kept for the next to come", fault);
            unclaimed.add(pending);
        }
    }

    private void offerUnclaimed() {
        unclaimed.removeIf(pending -> offer(pending) || isReleased(pending));
    }

    private boolean isReleased(PendingFault pending) {
        boolean isReleased = mapper.claim(pending.claim().number()).isEmpty();
        if (isReleased) {
            tally.released();
            LOG.debug("{}: its window has been released meanwhile", pending.fault());
        }
        return isReleased;
    }

    /** Offers the fault to the handlers. Returns whether one claimed it. */
    private boolean offer(PendingFault pending) {
        if (!mapper.hold(pending.claim())) {
            return false;
        }
        try {
            return askInTurn(pending);
        } finally {
            mapper.letGo();
        }
    }

    /**
     * Asks the handlers that were not asked about this fault before. Returns whether one claimed
     * it.
     */
    private boolean askInTurn(PendingFault pending) {
        for (PlugIn<SigbusHandler> handler : pending.notAskedOf(handlers.snapshot())) {
            SigbusVerdict verdict = ask(handler, pending.fault()).orElse(null);
            if (verdict == SigbusVerdict.NOT_CLAIMED) {
                pending.asked(handler);
            } else if (verdict != null) {
                tally.claimed();
                settle(pending, verdict);
                return true;
            }
        }
        return false;
    }

    /** Reports a claimed fault. A window without a device has nothing to report. */
    private void settle(PendingFault pending, SigbusVerdict verdict) {
        pending.claim().owner().device().ifPresent(device -> hotUnplug.faulted(
                device, pending.fault(), verdict == SigbusVerdict.REMOVED));
    }

    /** Asks one handler. Empty if the handler is being removed. */
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
            LOG.error("{}: {} failed, so the next is asked", fault, handler, e);
            return Optional.of(SigbusVerdict.NOT_CLAIMED);
        }
    }
}
