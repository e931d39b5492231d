// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/** The interrupt handler of a function, if one is registered. */
final class PciInterrupt {
    private static final class Registration {
        final PciAccess access;
        final Runnable handler;
        final AtomicBoolean ended = new AtomicBoolean();
        /** Held while the handler runs. */
        final ReentrantLock running = new ReentrantLock();

        Registration(PciAccess access, Runnable handler) {
            this.access = access;
            this.handler = handler;
        }
    }

    private final String device;
    private final AtomicReference<Registration> current = new AtomicReference<>();

    PciInterrupt(String device) {
        this.device = device;
    }

    /** See {@link io.hotbus.bus.pci.PciDevice#onInterrupt}. */
    Lease register(PciAccess access, Runnable handler) throws DeviceException {
        Registration registration = new Registration(access, handler);
        if (!current.compareAndSet(null, registration)) {
            throw new DeviceException(device + ": has a handler of its interrupt already");
        }
        try {
            access.enableInterrupt();
        } catch (DeviceException e) {
            current.set(null);
            throw e;
        }
        return () -> end(registration);
    }

    /**
     * Ends a registration. Holds no lock during the access, which may wait for a task on {@code
     * interrupt}.
     */
    private void end(Registration registration) {
        if (registration.ended.getAndSet(true)) {
            return;
        }
        registration.running.lock();
        registration.running.unlock();
        registration.access.disableInterrupt();
        current.compareAndSet(registration, null);
    }

    /** Calls the handler, then rearms the interrupt. On {@code interrupt}. */
    void interrupted() {
        Registration registration = current.get();
        if (registration == null) {
            return;
        }
        registration.running.lock();
        try {
            if (!registration.ended.get()) {
                registration.handler.run();
            }
        } finally {
            registration.running.unlock();
            if (!registration.ended.get()) {
                registration.access.rearmInterrupt();
            }
        }
    }
}
