// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.DeviceEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * The state of one device that an adopter wants: whether it is away, and whether it is back. Any
 * thread; an answer may be outdated when the caller uses it.
 *
 * <p>The removal, the detach and the return of the device may be reported in any order. A bus may
 * bind the device to a kernel driver while it attaches the device. The BIND event of this arrives
 * during or soon after the attach, and says nothing new.
 */
final class Expectation implements ExpectedDevice {
    /**
     * How long after a failed attempt a BIND counts as caused by the attempt. The kernel reports a
     * BIND within milliseconds.
     */
    private static final long OWN_BIND_NANOS = Duration.ofMillis(250).toNanos();

    /** Where the device is, once a bus has claimed it. */
    record Place(String bus, String name) {
        boolean is(String otherBus, String otherName) {
            return bus.equals(otherBus) && name.equals(otherName);
        }
    }

    private final Adoptions adoptions;
    private final Devargs devargs;
    private final DeviceAdopter adopter;
    private Optional<Place> place = Optional.empty();
    /** The device that was attached last; null if there was none. */
    private Device device;
    /** The last device whose removal was reported. */
    private Device removed;
    /** Whether an event has said, since the last attach, that the device is there. */
    private boolean returned;
    /** Failed attempts since the device returned. */
    private int attempts;
    /** When the last attempt failed. */
    private long failedNanos;
    private Optional<String> failure = Optional.empty();

    Expectation(Adoptions adoptions, Devargs devargs, DeviceAdopter adopter) {
        this.adoptions = adoptions;
        this.devargs = devargs;
        this.adopter = adopter;
    }

    @Override
    public Devargs devargs() {
        return devargs;
    }

    @Override
    public synchronized Optional<String> failure() {
        return failure;
    }

    @Override
    public void check() {
        adoptions.check(this);
    }

    @Override
    public void close() {
        adoptions.end(this);
    }

    boolean ready() {
        return adopter.ready();
    }

    synchronized Optional<Place> place() {
        return place;
    }

    synchronized void setPlace(Place found) {
        place = Optional.of(found);
    }

    synchronized Device device() {
        return device;
    }

    /** Whether the device was never attached, or was pulled out and is detached. */
    synchronized boolean isAway() {
        return device == null || device.state() == DeviceState.DETACHED && removed == device;
    }

    /** Whether the device is back and not attached yet. */
    synchronized boolean isDue() {
        return returned && isAway();
    }

    /** Notes that the device is attached. Later events concern {@code attached}. */
    synchronized void attached(Device attached) {
        if (device != attached) {
            device = attached;
            returned = false;
            failure = Optional.empty();
        }
    }

    /**
     * Notes that all events from before the end of the attach of {@code attached} have been
     * delivered.
     */
    synchronized void settled(Device attached) {
        if (device == attached && !isAway()) {
            begin(false);
        }
    }

    /**
     * Notes that {@code which} was pulled out and is detached. Its bus may have attached it by
     * itself.
     */
    synchronized void detachedGone(Device which) {
        attached(which);
        removed = which;
    }

    /** Takes an event of this device. Returns whether the event shows that the device is there. */
    synchronized boolean told(DeviceEvent event) {
        return switch (event.kind()) {
            case ADD, BIND -> appeared(event);
            case REMOVE -> {
                disappeared(event);
                yield isDue();
            }
            case UNBIND, FAULT -> false;
        };
    }

    private boolean appeared(DeviceEvent event) {
        boolean bind = event.kind() == DeviceEvent.Kind.BIND;
        if (!isAway()) {
            // An ADD shows that a removal was missed. A BIND does not: it may arrive late.
            returned |= !bind || removed == device;
            return false;
        }
        boolean ours = attempts > 0 && event.timeNanos() - failedNanos < OWN_BIND_NANOS;
        if (bind && ours) {
            return false;
        }
        begin(true);
        return true;
    }

    /**
     * Notes a removal. An event without a device means that the device was pulled out again before
     * it could be attached.
     */
    private void disappeared(DeviceEvent event) {
        if (event.device().isPresent()) {
            removed = event.device().get();
            if (device != null && device.state() == DeviceState.DETACHED) {
                device = removed; // its bus may have attached it by itself
            }
        } else if (isAway()) {
            begin(false);
        }
    }

    private void begin(boolean back) {
        returned = back;
        attempts = 0;
        failure = Optional.empty();
    }

    /**
     * Calls the adopter to attach the device.
     *
     * @throws DeviceException the adopter failed
     */
    void adopt() throws DeviceException {
        Device before = device();
        try {
            adopter.adopt(devargs);
        } catch (DeviceException e) {
            throw e;
        } catch (Throwable e) {
            // Errors too: a bundle that is going away may fail to link.
            throw new DeviceException(devargs.name() + ": not adopted: " + e, e);
        }
        adopted(before);
    }

    /** Ends the attempts if the adopter returned without attaching the device. */
    private synchronized void adopted(Device before) {
        if (device == before) {
            begin(false);
        }
    }

    /** Notes a failed attempt. Returns how many attempts have failed since the device returned. */
    synchronized int failed() {
        device = null; // a device that was attached meanwhile is detached by now
        returned = true;
        failedNanos = System.nanoTime();
        return ++attempts;
    }

    /** Whether the device is still due and {@code count} attempts have failed since it returned. */
    synchronized boolean isAt(int count) {
        return isDue() && attempts == count;
    }

    /** Regards the device as away until the next event that says that it is there. */
    void giveUp(int count, DeviceException reason) {
        synchronized (this) {
            returned = false;
            failure = Optional.of(reason.getMessage());
        }
        adopter.gaveUp(devargs, count, reason);
    }

    @Override
    public String toString() {
        return devargs.name();
    }
}
