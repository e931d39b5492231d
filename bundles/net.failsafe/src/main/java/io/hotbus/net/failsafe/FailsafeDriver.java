// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

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
 * Makes ports of {@code net_failsafeN,dev(DEVARGS)[,dev(DEVARGS)...]} (see {@link FailsafeArgs}).
 */
@Component(service = {
        VdevDriver.class, EthEventListener.class, PortUser.class, Verbs.class})
@ProvidesDriver(FailsafeDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class FailsafeDriver extends AbstractMembersDriver<FailsafeDev> implements Verbs {
    static final String NAME = "net_failsafe";

    @Activate
    public FailsafeDriver(@Reference DeviceManager devices, @Reference PortRegistry ports,
            @Reference HotUnplug hotUnplug, @Reference ControlThread control,
            @Reference InterruptThread interrupt, @Reference Mempools mempools,
            @Reference Linux linux) {
        super(NAME, new MemberServices(
                devices, ports, hotUnplug, control, interrupt, mempools, new Barrier(linux)));
    }

    @Deactivate
    void deactivate() {
        removeAll();
    }

    @Override
    public void checkDevargs(Devargs devargs) throws DeviceException {
        FailsafeArgs.parse(devargs);
    }

    @Override
    protected FailsafeDev create(VdevDevice device, MemberServices with) throws DeviceException {
        return new FailsafeDev(device.name(), FailsafeArgs.parse(device.devargs()), with);
    }

    @Override
    public List<Verb<?>> verbs() {
        return List.of(Verb.of("show failsafe NAME", "the sub-devices of a failsafe port",
                words -> FailsafeText.of(words.get(0), devs()), FailsafeText::text)
                .with("NAME", () -> List.copyOf(devs().keySet())));
    }
}
