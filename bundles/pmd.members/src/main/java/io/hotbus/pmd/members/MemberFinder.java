// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the devices of members, attaches and detaches them. Control threads. */
final class MemberFinder {
    private static final Logger LOG = LoggerFactory.getLogger(MemberFinder.class);

    private final String name;
    private final DeviceManager devices;
    private final PortRegistry registry;

    /** @param name the device of the port above */
    MemberFinder(String name, DeviceManager devices, PortRegistry registry) {
        this.name = name;
        this.devices = devices;
        this.registry = registry;
    }

    boolean matches(Member member, Port port) {
        return matches(member, port.device(), port.info());
    }

    /** Whether the device is the one of {@code member}. May be called under the lock of a bus. */
    boolean matches(Member member, Device device, EthDevInfo info) {
        return member.source().mac().map(info.macAddress()::equals)
                .orElseGet(() -> member.devargs.map(this::nameOnBus)
                        .filter(device.name()::equals).isPresent());
    }

    private String nameOnBus(Devargs devargs) {
        return devices.buses().stream().filter(bus -> bus.claims(devargs)).findFirst()
                .map(bus -> bus.nameOf(devargs)).orElse(devargs.name());
    }

    /** The devargs of a device that is there, is the one of {@code member}, and has no owner. */
    Optional<Devargs> toTakeOver(Member member) {
        for (Port port : registry.ports()) {
            if (port.owner().isEmpty() && matches(member, port)) {
                return Optional.of(port.device().devargs());
            }
        }
        return member.source().device().filter(device -> member.adoptions == 0)
                .flatMap(device -> devices.find(nameOnBus(device)))
                .filter(device -> device.state() == DeviceState.FOUND).map(Device::devargs);
    }

    /**
     * Attaches the device, and takes it over from another user.
     *
     * @return its port
     * @throws DeviceException it cannot be attached, or has no port
     */
    Port attach(Devargs devargs) throws DeviceException {
        Optional<Device> there = devices.find(nameOnBus(devargs))
                .filter(device -> device.state() == DeviceState.PROBED);
        Optional<Port> known = there.flatMap(device -> registry.port(device.name()));
        String owner = known.flatMap(Port::owner).orElse(name);
        if (!owner.equals(name)) {
            throw new DeviceException(known.get() + ": is owned by " + owner);
        }
        if (known.isPresent() && known.get().owner().isEmpty()) {
            // Another user has set it up: that user lets go of it, and the claim takes it.
            devices.detach(there.get());
            there = Optional.empty();
        }
        Device device = there.isPresent() ? there.get() : devices.attach(devargs);
        Optional<Port> port = registry.port(device.name());
        if (port.isEmpty()) {
            detach(device);
            throw new DeviceException(device + ": is no Ethernet device, it has no port");
        }
        return port.get();
    }

    /** Detaches a device, unless it is detached. */
    void detach(Device device) {
        try {
            if (device.state() != DeviceState.DETACHED) {
                devices.detach(device);
            }
        } catch (DeviceException e) {
            LOG.error("{}: {}", name, e.getMessage());
        }
    }
}
