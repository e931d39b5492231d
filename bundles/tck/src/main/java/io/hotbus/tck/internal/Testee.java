// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.ethdev.Port;
import io.hotbus.os.Linux;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/** The device under test: attaches it, removes it, and plugs it in again. */
public final class Testee {
    private final Platform platform;
    private final Devargs devargs;
    private Device device;
    private List<WindowMemory> windows = List.of();

    Testee(Platform platform, Devargs devargs) {
        this.platform = platform;
        this.devargs = devargs;
    }

    public Devargs devargs() {
        return devargs;
    }

    /** The name of the device on its bus. */
    public String name() {
        return platform.findBus(devargs).map(bus -> bus.nameOf(devargs)).orElse(devargs.name());
    }

    public Bus bus() {
        return platform.busOf(devargs);
    }

    /** The device as it was attached last. */
    public Device device() {
        return device;
    }

    /** Attaches the device; see {@link io.hotbus.eal.bus.DeviceManager#attach}. */
    public Device attach() throws DeviceException {
        device = platform.devices().attach(devargs);
        windows = device.windows().list().stream().map(WindowMemory::new).toList();
        return device;
    }

    /** Waits until another thread has attached the device. */
    public Device awaitProbed() {
        platform.awaiting().until(name() + " is on its bus, and probed", () -> onBus()
                .filter(found -> found.state() == DeviceState.PROBED).isPresent());
        return onBus().orElseThrow();
    }

    /** The windows of the device when it was attached, with the memory that was mapped in them. */
    public List<WindowMemory> windows() {
        return windows;
    }

    /** Waits until its windows are unmapped. A fault in dispatch delays this for its window. */
    public void awaitUnmapped() {
        platform.awaiting().until("windows are unmapped: " + windows,
                () -> windows.stream().noneMatch(WindowMemory::isMapped));
    }

    /** Whether the bus has a device of this name. */
    public boolean isListed() {
        return onBus().isPresent();
    }

    /** The device of this name that is now on the bus. */
    public Optional<Device> onBus() {
        return platform.devices().find(name());
    }

    /** The port of the device; empty if it has none. */
    public Optional<Port> port() {
        return platform.ports().port(name());
    }

    /**
     * The port of the device.
     *
     * @throws TestAbortedException it has none, so nothing to test
     */
    public Port requirePort() {
        return port().orElseThrow(() -> new TestAbortedException(devargs + " gives no port"));
    }

    /** Detaches the device together with its port. */
    public void detach() throws DeviceException {
        platform.devices().detach(device);
    }

    /** Closes the port and detaches the device, as an application does after a removal. */
    public void giveUp() throws DeviceException {
        port().ifPresent(port -> {
            port.stop();
            port.close();
        });
        detach();
    }

    // ---- removal ----

    /**
     * Requires a way of removal.
     *
     * @throws TestAbortedException the device cannot be removed so
     */
    public void require(Removal removal) {
        if (!platform.settings().removals().contains(removal)) {
            throw new TestAbortedException("'%s' is not among %s".formatted(
                    removal.word(), Settings.REMOVALS));
        }
        if (removal == Removal.FAULT && windows.isEmpty()) {
            throw new TestAbortedException(devargs + " has no windows that could fault");
        }
        if (removal == Removal.SLOT && injector().isEmpty()) {
            throw new TestAbortedException(
                    "no RemovalInjector has a slot for " + name() + " that it could be pulled out");
        }
    }

    /** Removes the device; returns when the removal was reported or an access has found it. */
    public void remove(Removal removal) throws DeviceException, IOException {
        beginRemoval(device, removal);
        if (removal != Removal.REPORTED) {
            touch();
        }
    }

    /** Like {@link #remove}, but without access to the memory, which may be in release. */
    public void beginRemoval(Device going, Removal removal) throws DeviceException, IOException {
        switch (removal) {
            case REPORTED -> report(going);
            case FAULT -> takeMemory(going);
            case SLOT -> injector().orElseThrow().yank(name());
        }
    }

    /** Reports the removal of {@code gone}; returns whether this was the first report. */
    public boolean report(Device gone) {
        return platform.service(HotUnplug.class).report(gone, RemovalCause.UEVENT_REMOVE);
    }

    /**
     * Makes the next access to each window of {@code robbed} raise SIGBUS. It replaces the windows
     * and restores them with nothing behind. Therefore it never hits memory that was just released,
     * and a removal that is noticed meanwhile replaces the windows for good.
     */
    public void takeMemory(Device robbed) throws IOException {
        MmioMapper mapper = platform.service(MmioMapper.class);
        Linux linux = platform.service(Linux.class);
        int nothing = linux.memfd(WindowMemory.NOTHING, 0);
        try {
            mapper.replace(robbed.windows());
            for (Mmio window : robbed.windows().list()) {
                mapper.restore(window, nothing, 0);
            }
        } finally {
            linux.close(nothing);
        }
    }

    /** Accesses each window of the device once. */
    public void touch() {
        device.windows().list().forEach(window -> window.read8(0));
    }

    /** Waits for the event REMOVE of the device. */
    public DeviceEvent awaitRemoved() {
        return await(DeviceEvent.Kind.REMOVE);
    }

    /** Waits for an event of that kind about the device that was attached last. */
    public DeviceEvent await(DeviceEvent.Kind kind) {
        Device of = device;
        platform.awaiting().until(kind + " of " + of,
                () -> !platform.events(kind, of).isEmpty());
        return platform.events(kind, of).get(0);
    }

    /** Plugs the device in if it was pulled out of its slot, so that it can be attached again. */
    public void replug() throws DeviceException {
        Optional<RemovalInjector> injector = injector();
        if (injector.isPresent() && !isPluggedIn(injector.get())) {
            int before = platform.events(DeviceEvent.Kind.ADD, name()).size();
            injector.get().plug(name());
            platform.awaiting().until("ADD of " + name() + ", which was plugged in",
                    () -> platform.events(DeviceEvent.Kind.ADD, name()).size() > before);
        }
    }

    private boolean isPluggedIn(RemovalInjector injector) {
        return injector.slots().stream()
                .anyMatch(slot -> slot.name().equals(name()) && slot.present());
    }

    private Optional<RemovalInjector> injector() {
        return platform.services(RemovalInjector.class).stream()
                .filter(injector -> injector.slots().stream()
                        .anyMatch(slot -> slot.name().equals(name()))).findFirst();
    }

    /** Leaves the platform as it was before the test. */
    void restore() throws DeviceException, InterruptedException {
        // A bus that was restarted may still receive the device from control, and then probe it.
        platform.settle();
        platform.settle();
        Optional<Device> left = onBus();
        if (left.isPresent()) {
            device = left.get();
            giveUp();
        }
        replug();
    }
}
