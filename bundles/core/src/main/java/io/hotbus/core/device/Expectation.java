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
 * What is known of one device that an adopter wants: whether it is away, and whether it is back.
 * Any thread; what it answers may be outdated by then.
 *
 * <p>Its removal, its detach and its return may be told in any order. A bus may have a kernel
 * driver take a device while it attaches it: such a BIND is told during or soon after an attach,
 * and says nothing new.
 */
final class Expectation implements ExpectedDevice {
    /** The kernel tells of a BIND within milliseconds. */
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
    /** The one that was attached last; null where there was none. */
    private Device device;
    /** The last one whose removal was told. */
    private Device removed;
    /** It was told to be there since it was attached. */
    private boolean returned;
    /** Since it returned. */
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

    /** Whether it was never attached, or was pulled out and is detached. */
    synchronized boolean isAway() {
        return device == null || device.state() == DeviceState.DETACHED && removed == device;
    }

    /** Whether it is back, and not attached yet. */
    synchronized boolean isDue() {
        return returned && isAway();
    }

    /** It is attached. What follows is about {@code attached}. */
    synchronized void attached(Device attached) {
        if (device != attached) {
            device = attached;
            returned = false;
            failure = Optional.empty();
        }
    }

    /** All that was told until the attach of {@code attached} returned has been told. */
    synchronized void settled(Device attached) {
        if (device == attached && !isAway()) {
            begin(false);
        }
    }

    /** {@code which} was pulled out, and is detached; its bus may have attached it by itself. */
    synchronized void detachedGone(Device which) {
        attached(which);
        removed = which;
    }

    /** Takes an event of this device, and says whether it was a sign that the device is there. */
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
            // ADD says that a removal was not noticed; BIND does not, it may be told late.
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

    /** Without a device it was pulled out once more before it could be attached. */
    private void disappeared(DeviceEvent event) {
        if (event.device().isPresent()) {
            removed = event.device().get();
            if (device != null && device.state() == DeviceState.DETACHED) {
                device = removed; // which its bus may have attached by itself
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

    /** Has the adopter attach it. @throws DeviceException as the adopter, or it failed otherwise */
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

    /** An adopter may leave the device alone. */
    private synchronized void adopted(Device before) {
        if (device == before) {
            begin(false);
        }
    }

    /** An attempt failed: how many have by now, since it returned. */
    synchronized int failed() {
        device = null; // whatever was attached meanwhile is not any more
        returned = true;
        failedNanos = System.nanoTime();
        return ++attempts;
    }

    /** Whether it is due still, and there were that many attempts since it returned. */
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
