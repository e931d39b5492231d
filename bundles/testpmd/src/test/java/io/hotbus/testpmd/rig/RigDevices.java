// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.PortRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The bus of the rig: attaches {@link WireNic}s, two and two wired by their numbers. */
public final class RigDevices implements Bus {
    private final PortRegistry ports;
    private final Map<String, RigDevice> devices = new TreeMap<>();
    private final List<String> attached = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile Consumer<String> whenAttaching = name -> { };
    private volatile Consumer<Device> whenAttached = device -> { };
    private boolean failStart;

    RigDevices(PortRegistry ports) {
        this.ports = ports;
    }

    /** A bus of another name, through which the same devices are attached. */
    Bus as(String other) {
        return new Bus() {
            @Override
            public String name() {
                return other;
            }

            @Override
            public boolean claims(Devargs devargs) {
                return devargs.bus().filter(other::equals).isPresent();
            }

            @Override
            public List<Device> devices() {
                return List.of();
            }

            @Override
            public Device attach(Devargs devargs) throws DeviceException {
                return RigDevices.this.attach(devargs);
            }

            @Override
            public void detach(Device device) {
                RigDevices.this.detach(device);
            }

            @Override
            public void rescan() {
            }
        };
    }

    /** So many attempts to attach fail from now on. */
    public void failToAttach(int times) {
        failures.set(times);
    }

    /** What happens while a device is being attached, whether that fails or not. */
    public void whenAttaching(Consumer<String> action) {
        whenAttaching = action;
    }

    /** What happens when a device has been attached, before that returns. */
    public void whenAttached(Consumer<Device> action) {
        whenAttached = action;
    }

    /** How often someone has tried to attach a device. */
    public int attempts() {
        return attempts.get();
    }

    /** NICs attached from now on do not start. */
    public synchronized void failToStart() {
        failStart = true;
    }

    /** The devargs that were attached, in order. */
    public synchronized List<String> attached() {
        return List.copyOf(attached);
    }

    @Override
    public String name() {
        return "rig";
    }

    @Override
    public boolean claims(Devargs devargs) {
        return true;
    }

    @Override
    public synchronized List<Device> devices() {
        return List.copyOf(devices.values());
    }

    public synchronized Optional<Device> find(String name) {
        return Optional.ofNullable(devices.get(name));
    }

    public synchronized RigDevice device(String name) {
        return devices.get(name);
    }

    @Override
    public synchronized Device attach(Devargs devargs) throws DeviceException {
        String name = devargs.name();
        if (devices.containsKey(name)) {
            throw new DeviceException(name + ": attached already");
        }
        attempts.incrementAndGet();
        whenAttaching.accept(name);
        if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new DeviceException(name + ": not there yet");
        }
        WireNic nic = new WireNic(name);
        if (failStart) {
            nic.failToStart();
        }
        RigDevice device = new RigDevice(devargs, nic);
        RigDevice other = devices.get(partner(name));
        if (other != null) {
            nic.wire(other.nic());
        } else if (devargs.args().containsKey("loopback")) {
            nic.wire(nic);
        }
        devices.put(name, device);
        device.transition(DeviceState.FOUND, DeviceState.PROBED);
        if (!devargs.args().containsKey("portless")) {
            ports.add(device, nic);
        }
        attached.add(devargs.toString());
        whenAttached.accept(device);
        return device;
    }

    @Override
    public synchronized void expect(Devargs devargs) {
        expected.add(devargs.toString());
    }

    @Override
    public void rescan() {
    }

    /** The devargs that are expected, in order. */
    public synchronized List<String> expected() {
        return List.copyOf(expected);
    }

    private static String partner(String name) {
        int last = name.length() - 1;
        return name.substring(0, last) + (char) (name.charAt(last) ^ 1);
    }

    @Override
    public synchronized void detach(Device device) {
        if (devices.remove(device.name(), device)) {
            ports.ports().stream().filter(port -> port.device() == device).forEach(ports::remove);
            device.markDetached();
        }
    }
}
