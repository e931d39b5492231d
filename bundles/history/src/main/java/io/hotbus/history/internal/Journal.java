// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.history.Fault;
import io.hotbus.history.Removal;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Puts removals together: an event says that a device is gone, steps say what is done about it. One
 * thread at a time.
 */
final class Journal {
    /** Steps that are remembered of a device, as a removal may turn out to be why they were. */
    private static final int RECENT = 16;
    /** Devices of which steps are remembered, and removals that are open. */
    private static final int DEVICES = 1024;
    /** How long steps of a device that is back belong to its removal. */
    private static final long BACK_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Receives what is found out. */
    interface Output {
        /** A removal is new, or more is known of it; {@code keep}: it is worth a line in a file. */
        void changed(Removal removal, boolean keep);

        /** A fault is new. */
        void added(Fault fault);
    }

    private record Name(String bus, String device) {
    }

    /** Forgets what was not used for longest. */
    private static final class Latest<T> extends LinkedHashMap<Name, T> {
        private static final long serialVersionUID = 1;

        Latest() {
            super(16, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, T> eldest) {
            return size() > DEVICES;
        }
    }

    private final Ledger numbers;
    private final Output output;
    private final Map<Name, Deque<DeviceStep>> recent = new Latest<>();
    private final Map<Name, OpenRemoval> open = new Latest<>();

    /** Numbers removals and faults after those in {@code numbers}. */
    Journal(Ledger numbers, Output output) {
        this.numbers = numbers;
        this.output = output;
    }

    /** A device was removed while it was attached, or an access to it was repaired. */
    void take(DeviceEvent event) {
        if (event.kind() == DeviceEvent.Kind.REMOVE && event.device().isPresent()) {
            event.cause().ifPresent(cause -> begin(event, cause));
        } else if (event.kind() == DeviceEvent.Kind.FAULT) {
            event.fault().ifPresent(fault -> output.added(fault(event, fault)));
        }
    }

    private Fault fault(DeviceEvent event, SigbusFault fault) {
        return new Fault(numbers.nextFault(),
                Instant.now().minusNanos(System.nanoTime() - fault.timeNanos()), event.bus(),
                event.name(), fault.window(), fault.thread(), fault.repairNanos());
    }

    private void begin(DeviceEvent event, RemovalCause cause) {
        final Name name = new Name(event.bus(), event.name());
        final Deque<DeviceStep> before = recent.getOrDefault(name, new ArrayDeque<>());
        final OpenRemoval removal = new OpenRemoval(
                numbers.nextRemoval(), event, cause, firstSign(event, cause, before));
        before.stream().filter(removal::concerns).forEach(removal::add);
        open.put(name, removal);
        output.changed(removal.removal(), true);
    }

    /** The fault, where a fault was the detector: it was there before it was reported. */
    private static long firstSign(
            DeviceEvent event, RemovalCause cause, Deque<DeviceStep> before) {
        if (cause == RemovalCause.SIGBUS) {
            for (Iterator<DeviceStep> i = before.descendingIterator(); i.hasNext();) {
                final DeviceStep step = i.next();
                if (step.kind() == DeviceStep.Kind.REPAIR) {
                    return step.beginNanos();
                }
            }
        }
        return event.timeNanos();
    }

    /** Something was done with a device; or with a bundle or an lcore, while devices are gone. */
    void take(DeviceStep step) {
        if (step.bus().isEmpty()) {
            open.values().stream().filter(OpenRemoval::isUnderWay)
                    .filter(removal -> removal.concerns(step))
                    .forEach(removal -> note(removal, step));
            return;
        }
        final Name name = new Name(step.bus(), step.name());
        final Deque<DeviceStep> before = recent.computeIfAbsent(name, n -> new ArrayDeque<>());
        before.addLast(step);
        if (before.size() > RECENT) {
            before.removeFirst();
        }
        final OpenRemoval removal = open.get(name);
        if (removal != null && removal.isOver(step.endNanos(), BACK_NANOS)) {
            open.remove(name);
        } else if (removal != null) {
            note(removal, step);
        }
    }

    private void note(OpenRemoval removal, DeviceStep step) {
        final boolean keep = removal.add(step);
        output.changed(removal.removal(), keep);
    }
}
