// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;
import io.hotbus.os.Linux;
import io.hotbus.pmd.members.AbstractMembersDriver;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.MemberServices;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Makes ports of {@code net_bondingN,mode=M,member=DEVICE[,member=DEVICE...]} (see {@link
 * BondArgs}).
 */
@Component(service = {
        VdevDriver.class, EthEventListener.class, PortUser.class, Verbs.class})
@ProvidesDriver(BondDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class BondDriver extends AbstractMembersDriver<BondDev> implements Verbs {
    static final String NAME = "net_bonding";

    private final BondVerbs verbs;

    @Activate
    public BondDriver(@Reference DeviceManager devices, @Reference PortRegistry ports,
            @Reference HotUnplug hotUnplug, @Reference ControlThread control,
            @Reference InterruptThread interrupt, @Reference Mempools mempools,
            @Reference Linux linux) {
        super(NAME, new MemberServices(
                devices, ports, hotUnplug, control, interrupt, mempools, new Barrier(linux)));
        verbs = new BondVerbs(devs(), devices, ports);
    }

    @Deactivate
    void deactivate() {
        removeAll();
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        BondArgs.parse(devargs);
    }

    @Override
    protected BondDev create(VdevDevice device, MemberServices with) throws DeviceException {
        return new BondDev(device.name(), BondArgs.parse(device.devargs()), with);
    }

    @Override
    public List<Verb<?>> verbs() {
        return verbs.all();
    }
}
