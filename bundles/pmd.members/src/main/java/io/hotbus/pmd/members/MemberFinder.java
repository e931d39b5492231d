// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the devices of members, attaches and detaches them. Control threads, with the lock of
 * {@link Members}, but for {@link #matches}.
 */
final class MemberFinder {
    private static final Logger LOG = LoggerFactory.getLogger(MemberFinder.class);

    private final Members members;
    private final String name;
    private final String kind;
    private final DeviceManager devices;
    private final PortRegistry registry;

    /**
     * Creates it.
     *
     * @param members take over what is found
     * @param name    the device of the port above
     * @param kind    what a member is called in messages
     */
    MemberFinder(Members members, String name, String kind, MemberServices services) {
        this.members = members;
        this.name = name;
        this.kind = kind;
        this.devices = services.devices();
        this.registry = services.ports();
    }

    /** Looks for the device of a member that is away, and attaches it if it is there. */
    void look(Member member) {
        if (!isAway(member)) {
            return;
        }
        Optional<Devargs> now = Optional.empty();
        String failure = "";
        try {
            now = member.source().devargs(); // may take a while: without the lock
        } catch (DeviceException e) {
            failure = e.getMessage();
        }
        synchronized (members) {
            if (!failure.isEmpty()) {
                isNotThere(member, failure);
            } else if (members.isAway(member)) {
                look(member, now);
            }
        }
    }

    private boolean isAway(Member member) {
        synchronized (members) {
            return members.isAway(member);
        }
    }

    /** @param now what the source of the member says */
    private void look(Member member, Optional<Devargs> now) {
        try {
            MemberSource source = member.source();
            if (source.mac().isPresent() || source.device().isPresent()) {
                Optional<Devargs> there = toTakeOver(member);
                if (there.isPresent()) {
                    attach(member, there.get());
                } else {
                    member.expected.ifPresent(ExpectedDevice::check);
                }
            } else if (!now.equals(member.devargs)) {
                expect(member, now);
                if (now.isPresent()) {
                    attach(member, now.get());
                }
            } else if (member.adoptions == 0 && now.isPresent()) {
                attach(member, now.get());
            } else {
                member.expected.ifPresent(ExpectedDevice::check);
            }
        } catch (DeviceException e) {
            isNotThere(member, e.getMessage());
        }
    }

    /** Tells why the device of a member is not there, once for each reason. */
    private void isNotThere(Member member, String reason) {
        if (!reason.equals(member.failure)) {
            LOG.warn("{}: {} {} ({}) is not there: {}", name, kind, member.index(), member, reason);
        }
        member.failure = reason;
    }

    /** Expects the device of a member with these devargs from now on. */
    void expect(Member member, Optional<Devargs> devargs) {
        member.expected.ifPresent(ExpectedDevice::close);
        member.devargs = devargs;
        member.expected = devargs.map(known -> devices.expect(known, adopter(member)));
    }

    private DeviceAdopter adopter(Member member) {
        return new DeviceAdopter() {
            @Override
            public void adopt(Devargs devargs) throws DeviceException {
                synchronized (members) {
                    if (members.all().contains(member)) {
                        attach(member, devargs);
                    }
                }
            }

            @Override
            public void gaveUp(Devargs devargs, int attempts, DeviceException reason) {
                LOG.error("{}: {} {} ({}): given up after {} attempts: {}", name, kind,
                        member.index(), devargs.name(), attempts, reason.getMessage());
            }
        };
    }

    /**
     * Attaches the device and takes over its port. Idempotent.
     *
     * @throws DeviceException it cannot be attached, or be set up as a member
     */
    private void attach(Member member, Devargs devargs) throws DeviceException {
        if (member.port.isPresent()) {
            return;
        }
        Port port = attach(devargs);
        try {
            members.adopt(member, port);
        } catch (DeviceException e) {
            member.failure = e.getMessage();
            detach(port.device());
            throw e;
        }
    }

    boolean matches(Member member, Port port) {
        return matches(member, port.device(), port.info());
    }

    /**
     * Whether the device is the one of {@code member}. May be called under the lock of a bus. The
     * port above, and a device that stands in for another one, have its address, too, and are not
     * meant by that.
     */
    boolean matches(Member member, Device device, EthDevInfo info) {
        return member.source().mac()
                .map(mac -> info.macAddress().equals(mac) && info.standby().isEmpty()
                        && !device.name().equals(name))
                .orElseGet(() -> member.devargs.map(this::nameOnBus)
                        .filter(device.name()::equals).isPresent());
    }

    private String nameOnBus(Devargs devargs) {
        return devices.buses().stream().filter(bus -> bus.claims(devargs)).findFirst()
                .map(bus -> bus.nameOf(devargs)).orElse(devargs.name());
    }

    /** The devargs of a device that is there, is the one of {@code member}, and has no owner. */
    private Optional<Devargs> toTakeOver(Member member) {
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
    private Port attach(Devargs devargs) throws DeviceException {
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
