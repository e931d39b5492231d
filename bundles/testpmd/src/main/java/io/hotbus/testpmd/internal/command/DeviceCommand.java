// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

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
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code device}: what is on the buses, and the simulated hardware pulled out and plugged in. */
@Component(service = {Function.class, Command.class},
        property = {Command.SCOPE, Command.FUNCTION + "device"})
public final class DeviceCommand extends Command {
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
    String verb() {
        return "device";
    }

    @Override
    List<Form> forms() {
        return List.of(
                new Form("list", "devices on all buses, and the slots of simulated ones",
                        words -> list()),
                new Form("attach DEVARGS", "attach a device; if it has a port, that is set up",
                        words -> attach(words.get(0))),
                new Form("detach NAME", "detach a device, with its port if it has one",
                        words -> detach(words.get(0))),
                new Form("yank NAME", "pull the simulated device out, now",
                        words -> yank(words.get(0))),
                new Form("plug NAME", "plug the simulated device in again",
                        words -> plug(words.get(0))));
    }

    private String list() {
        String lines = devices.devices().stream().map(this::line)
                .collect(Collectors.joining("\n"));
        String empty = injectors.stream().flatMap(injector -> injector.slots().stream())
                .filter(slot -> devices.find(slot.name()).isEmpty())
                .map(slot -> "%-16s %s".formatted(slot.name(),
                        slot.present() ? "plugged in, not attached" : "pulled out"))
                .collect(Collectors.joining("\n"));
        String all = lines + (lines.isEmpty() || empty.isEmpty() ? "" : "\n") + empty;
        return all.isEmpty() ? "No device (buses: %s)".formatted(devices.buses().stream()
                .map(bus -> bus.name()).collect(Collectors.joining(", "))) : all;
    }

    private String line(Device device) {
        Optional<Port> port = registry.port(device.name());
        return "%-16s %-6s %-9s %s".formatted(device.name(), device.busName(), device.state(),
                port.map(p -> "port " + p.id() + ", driver " + p.info().driver()).orElse(""))
                .stripTrailing();
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
