// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.pmd.members.Member;
import io.hotbus.pmd.members.MemberSource;
import io.hotbus.pmd.members.Members;
import java.util.List;
import java.util.Optional;

/** Changes which members a bond has, and how it uses them, while packets flow. Control threads. */
final class BondMembers {
    private final String name;
    private final Members members;
    private final BondUse use;
    private final BondPaths paths;
    private final DeviceManager devices;

    /** @param name the bond */
    BondMembers(String name, Members members, BondUse use, BondPaths paths,
            DeviceManager devices) {
        this.name = name;
        this.members = members;
        this.use = use;
        this.paths = paths;
        this.devices = devices;
    }

    /** Changes how the members are used, from now on. */
    void change(Runnable change) {
        synchronized (members) {
            change.run();
            members.filterAgain();
            members.refresh();
        }
    }

    /**
     * Adds a member. Returns whether its device is there.
     *
     * @throws DeviceException it is one already, or has no possible name
     */
    boolean add(String device) throws DeviceException {
        MemberSource source = BondArgs.named(name, device);
        synchronized (members) {
            if (find(device).isPresent()) {
                throw new DeviceException(name + ": " + device + " is a member already");
            }
            Member member = members.add(source);
            if (!member.failure().isEmpty()) {
                members.remove(member);
                throw new DeviceException(name + ": " + member.failure());
            }
            return member.port().isPresent();
        }
    }

    /**
     * Removes a member, whose device has an ordinary port then.
     *
     * @throws DeviceException it is none, or is not attached again
     */
    void remove(String device) throws DeviceException {
        Optional<Devargs> there;
        synchronized (members) {
            Member member = find(device).orElseThrow(() -> new DeviceException(
                    "%s: %s is no member; there are %s".formatted(name, device, members.all())));
            farewell(List.of(member));
            there = member.port().map(own -> own.device().devargs());
            members.remove(member);
        }
        if (there.isPresent()) {
            devices.attach(there.get());
        }
    }

    /** The member of that device. */
    Optional<Member> find(String device) {
        return members.all().stream().filter(member -> member.toString().equals(device)
                || member.source().toString().equals(device)).findFirst();
    }

    /** Tells partners in LACP that these members leave. With the lock of the members. */
    void farewell(List<Member> leaving) {
        if (use.mode() == BondMode.LACP) {
            leaving.forEach(use.lacp()::farewell);
            paths.sendNow();
        }
    }
}
