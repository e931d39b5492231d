// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import io.hotbus.eal.io.MmioWindows;
import io.hotbus.eal.mem.DmaAllocator;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A device on a bus. Buses extend it (with a PCI address, BARs). Any thread.
 *
 * <p>One object stands for one stay on the bus: after a removal the object ends as
 * {@link DeviceState#DETACHED}, and the device that returns is a new object of the same name.
 */
@ConsumerType
public abstract class Device {
    private final String busName;
    private final Devargs devargs;
    private final MmioWindows windows;
    private final AtomicReference<DeviceState> state = new AtomicReference<>(DeviceState.FOUND);

    /** {@code devargs} names the device and holds the arguments it is probed with. */
    protected Device(String busName, Devargs devargs) {
        this.busName = Objects.requireNonNull(busName);
        this.devargs = Objects.requireNonNull(devargs);
        this.windows = new MmioWindows(this);
    }

    /** The name of its bus, {@code vdev} or {@code pci}. */
    public final String busName() {
        return busName;
    }

    /** Unique on its bus: {@code net_sim0}, {@code 0000:03:00.0}. */
    public final String name() {
        return devargs.name();
    }

    /**
     * The devargs that the device was attached with. Attaching with the same devargs gives the same
     * device again.
     */
    public final Devargs devargs() {
        return devargs;
    }

    /**
     * The NUMA node that the device is connected to, or {@link DmaAllocator#ANY_NODE}. Source: DPDK
     * {@code rte_device.numa_node}.
     */
    public int numaNode() {
        return DmaAllocator.ANY_NODE;
    }

    /** The windows on its memory; empty before probe and after detach. */
    public final MmioWindows windows() {
        return windows;
    }

    /** The present state. Any thread; one volatile read. */
    public final DeviceState state() {
        return state.get();
    }

    /** Whether the hardware is gone (see {@link DeviceState#isGone}). One volatile read. */
    public final boolean isGone() {
        return state.get().isGone();
    }

    /**
     * For buses: changes the state from {@code expected} to {@code next}; false if it had another.
     */
    public final boolean transition(DeviceState expected, DeviceState next) {
        return state.compareAndSet(expected, next);
    }

    /**
     * For {@code HotUnplug}: marks the device removed. True for exactly one caller in the life of
     * this object; false where it was removed, had failed or was detached before.
     */
    public final boolean markRemoved() {
        return !state.getAndUpdate(s -> s.isGone() ? s : DeviceState.REMOVED).isGone();
    }

    /** For buses: the end of this object's life, from any state. True for the first caller. */
    public final boolean markDetached() {
        return state.getAndSet(DeviceState.DETACHED) != DeviceState.DETACHED;
    }

    @Override
    public final String toString() {
        return name();
    }
}
