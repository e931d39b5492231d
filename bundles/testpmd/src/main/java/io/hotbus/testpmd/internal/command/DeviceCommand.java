// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.PortManager;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code device}: what is on the buses, and the simulated hardware pulled out and plugged in. */
@Component(service = Verbs.class)
public final class DeviceCommand implements Verbs {
    private record OnBus(String name, String bus, String state, Optional<Integer> port,
            Optional<String> driver) {
        String text() {
            return "%-16s %-6s %-9s %s".formatted(name, bus, state, port.map(id ->
                    "port " + id + ", driver " + driver.orElse("")).orElse("")).stripTrailing();
        }
    }

    private record Slot(String name, boolean present) {
        String text() {
            return "%-16s %s".formatted(name, present ? "plugged in, not attached" : "pulled out");
        }
    }

    private record Devices(List<OnBus> devices, List<Slot> slots, List<String> buses) {
        String text() {
            String all = Stream.concat(devices.stream().map(OnBus::text),
                    slots.stream().map(Slot::text)).collect(Collectors.joining("\n"));
            return all.isEmpty() ? "No device (buses: %s)".formatted(String.join(", ", buses))
                    : all;
        }
    }

    private final DeviceManager devices;
    private final PortRegistry registry;
    private final PortManager ports;
    @Reference
    private volatile List<RemovalInjector> injectors;

    @Activate
    public DeviceCommand(@Reference DeviceManager devices, @Reference PortRegistry registry,
            @Reference PortManager ports) {
        this.devices = devices;
        this.registry = registry;
        this.ports = ports;
        this.injectors = List.of();
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(
                Verb.of("device list", "devices on all buses, and the slots of simulated ones",
                        words -> list(), Devices::text),
                Verb.of("device attach DEVARGS",
                        "attach a device; if it has a port, that is set up",
                        words -> attach(words.get(0))),
                Verb.of("device detach NAME", "detach a device, with its port if it has one",
                        words -> detach(words.get(0))).with("NAME", this::attached),
                Verb.of("device yank NAME", "pull the simulated device out, now",
                        words -> yank(words.get(0))).with("NAME", this::slots),
                Verb.of("device plug NAME", "plug the simulated device in again",
                        words -> plug(words.get(0))).with("NAME", this::slots));
    }

    /** Devices on the buses, and slots without one. */
    private Devices list() {
        List<OnBus> attached = devices.devices().stream().map(this::onBus).toList();
        List<Slot> empty = injectors.stream().flatMap(injector -> injector.slots().stream())
                .filter(slot -> devices.find(slot.name()).isEmpty())
                .map(slot -> new Slot(slot.name(), slot.present())).toList();
        return new Devices(attached, empty,
                devices.buses().stream().map(bus -> bus.name()).toList());
    }

    private OnBus onBus(Device device) {
        Optional<Port> port = registry.port(device.name());
        return new OnBus(device.name(), device.busName(), device.state().toString(),
                port.map(Port::id), port.map(p -> p.info().driver()));
    }

    private List<String> attached() {
        return devices.devices().stream().map(Device::name).toList();
    }

    private List<String> slots() {
        return injectors.stream().flatMap(injector -> injector.slots().stream())
                .map(RemovalInjector.Slot::name).toList();
    }

    private String attach(String devargs) throws DeviceException {
        String name = ports.attachDevice(Devargs.parse(devargs)).name();
        return name + " is attached" + registry.port(name).map(port -> " as port " + port.id())
                .orElse("");
    }

    private String detach(String name) throws DeviceException {
        Device device = devices.find(name).orElseThrow(() -> new IllegalArgumentException(
                "no device '%s' (device list shows those there are)".formatted(name)));
        Optional<Port> port = registry.port(name);
        if (port.isPresent()) {
            ports.detach(port.get());
        } else {
            devices.detach(device);
        }
        return name + " is detached";
    }

    private String yank(String name) throws DeviceException {
        injector(name).yank(name);
        return name + " is pulled out";
    }

    private String plug(String name) throws DeviceException {
        injector(name).plug(name);
        return name + " is plugged in";
    }

    private RemovalInjector injector(String name) {
        List<RemovalInjector> now = injectors;
        return now.stream().filter(injector -> injector.slots().stream()
                .anyMatch(slot -> slot.name().equals(name))).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' cannot be pulled out or plugged in here, these can: %s".formatted(
                                name, now.stream().flatMap(i -> i.slots().stream())
                                        .map(RemovalInjector.Slot::name)
                                        .collect(Collectors.joining(", ", "", " ")).strip())));
    }
}
