// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.Driver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The slots of a bus, by name. A slot is created at the first use of its name, and removed under
 * its lock when it is empty. Any thread.
 */
final class Slots<D extends Device, R extends Driver> {
    private static final Logger LOG = LoggerFactory.getLogger(Slots.class);

    /** Work under the lock of a slot. */
    @FunctionalInterface
    interface Work<D extends Device, R extends Driver, T> {
        T in(Slot<D, R> slot) throws DeviceException;
    }

    private final AbstractBus<D, R> bus;
    private final Duration patience;
    private final ConcurrentNavigableMap<String, Slot<D, R>> slots = new ConcurrentSkipListMap<>();

    /** {@code patience}: how long the methods with a time limit wait for a slot. */
    Slots(AbstractBus<D, R> bus, Duration patience) {
        this.bus = bus;
        this.patience = patience;
    }

    /** Runs {@code work} in the slot of that name; creates the slot if there is none. */
    <T> T in(String name, Work<D, R, T> work) throws DeviceException {
        while (true) {
            Slot<D, R> slot = slots.computeIfAbsent(name, key -> new Slot<>(key, bus));
            slot.lock.lock();
            try {
                if (slots.get(name) == slot) {
                    return work.in(slot);
                }
            } finally {
                leave(slot);
            }
        }
    }

    /** Detaches the device from its slot, if it is in there. */
    void detach(D device) throws DeviceException {
        Slot<D, R> slot = slots.get(device.name());
        if (slot == null) {
            return;
        }
        if (!slot.tryLock(patience)) {
            throw new DeviceException("%s: cannot be detached: a call of its driver has not "
                    .formatted(device) + "returned within " + patience.toSeconds() + " s");
        }
        try {
            slot.detach(device);
        } finally {
            leave(slot);
        }
    }

    /** Runs {@code work} in each slot, the last name first. Skips a slot that stays locked. */
    void inEach(Consumer<Slot<D, R>> work) {
        for (Slot<D, R> slot : slots.descendingMap().values()) {
            if (slot.tryLock(patience)) {
                try {
                    work.accept(slot);
                } finally {
                    leave(slot);
                }
            } else {
                LOG.error("{}: left as it is: a call of its driver has not returned within {} s",
                        slot.name(), patience.toSeconds());
            }
        }
    }

    /** Waits for the slot without a limit, then runs {@code work} in it. */
    void in(Slot<D, R> slot, Consumer<Slot<D, R>> work) {
        slot.lock.lock();
        try {
            work.accept(slot);
        } finally {
            leave(slot);
        }
    }

    private void leave(Slot<D, R> slot) {
        if (slot.device().isEmpty()) {
            slots.remove(slot.name(), slot);
        }
        slot.lock.unlock();
    }

    /** The slots that exist now. No lock. */
    List<Slot<D, R>> all() {
        return List.copyOf(slots.values());
    }

    /** The device in the slot of that name. No lock. */
    Optional<D> device(String name) {
        return Optional.ofNullable(slots.get(name)).flatMap(Slot::device);
    }

    /** The devices in all slots. No lock. */
    Stream<D> devices() {
        return slots.values().stream().map(Slot::device).flatMap(Optional::stream);
    }
}
