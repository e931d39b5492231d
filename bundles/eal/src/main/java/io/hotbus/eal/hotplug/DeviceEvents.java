// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.Device;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Publishes the events of buses, and the steps of what is done with devices. A service of the core
 * bundle; any thread, never blocks.
 */
@ProviderType
public interface DeviceEvents {
    /**
     * What a step does.
     *
     * @param <X> what it throws
     */
    @ConsumerType
    @FunctionalInterface
    interface Work<X extends Exception> {
        /** Does it. */
        void run() throws X;
    }

    /** Delivers {@code event} to every registered {@link DeviceEventListener}, in order. */
    void publish(DeviceEvent event);

    /**
     * Delivers {@code step} to every registered {@link DeviceStepListener}, in order with the
     * events. Does nothing if there is no listener. Not for a thread that forwards.
     */
    default void publish(DeviceStep step) {
        // nobody listens
    }

    /**
     * Does {@code work} with {@code device}, and publishes the step with its time, also if it
     * fails.
     *
     * @throws X what {@code work} throws
     */
    default <X extends Exception> void step(DeviceStep.Kind kind, Device device, Work<X> work)
            throws X {
        step(kind, device.busName(), device.name(), work);
    }

    /**
     * As {@link #step(DeviceStep.Kind, Device, Work)}, for a device that is known by its name
     * alone.
     *
     * @throws X what {@code work} throws
     */
    default <X extends Exception> void step(
            DeviceStep.Kind kind, String bus, String name, Work<X> work) throws X {
        long begin = System.nanoTime();
        try {
            work.run();
        } catch (Throwable e) {
            publish(DeviceStep.failed(kind, bus, name, begin, e));
            throw e;
        }
        publish(DeviceStep.done(kind, bus, name, begin));
    }
}
