// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import io.hotbus.eal.bus.Device;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The windows of one device. Any thread; only {@link MmioMapper} implementations change it. */
public final class MmioWindows {
    private final String owner;
    private final Optional<Device> device;
    private final List<Mmio> windows = new CopyOnWriteArrayList<>();

    /** The windows of {@code device}: a device makes them for itself. */
    public MmioWindows(Device device) {
        this.owner = device.name();
        this.device = Optional.of(device);
    }

    /** Windows of no device. {@code owner} names them in messages. */
    public MmioWindows(String owner) {
        this.owner = Objects.requireNonNull(owner);
        this.device = Optional.empty();
    }

    /** The name of the device. */
    public String owner() {
        return owner;
    }

    /** The device; on its bus or not. Empty if the windows belong to no device. */
    public Optional<Device> device() {
        return device;
    }

    /** The windows mapped now, in the order they were mapped. */
    public List<Mmio> list() {
        return List.copyOf(windows);
    }

    /** The window {@code address} lies in: claiming a fault is one range check. */
    public Optional<Mmio> find(long address) {
        return windows.stream().filter(w -> w.contains(address)).findFirst();
    }

    /** For {@link MmioMapper} implementations. */
    public void add(Mmio window) {
        windows.add(window);
    }

    /** For {@link MmioMapper} implementations. Whether it was there. */
    public boolean remove(Mmio window) {
        return windows.remove(window);
    }
}
