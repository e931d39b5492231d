// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;
import io.hotbus.os.Linux;
import io.hotbus.pmd.Attachments;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.MemberServices;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Makes ports of {@code net_bondingN,mode=M,member=DEVICE[,member=DEVICE...]} (see {@link
 * BondArgs}).
 */
@Component
@ProvidesDriver(BondDriver.NAME)
@RequireBus(VdevDevice.BUS)
public final class BondDriver implements VdevDriver, EthEventListener, PortUser, Verbs {
    static final String NAME = "net_bonding";

    private final MemberServices services;
    private final Attachments<VdevDevice> attachments = new Attachments<>();
    /** By device name. */
    private final Map<String, BondDev> devs = new ConcurrentSkipListMap<>();
    private final BondVerbs verbs;

    @Activate
    public BondDriver(@Reference DeviceManager devices, @Reference PortRegistry ports,
            @Reference HotUnplug hotUnplug, @Reference ControlThread control,
            @Reference InterruptThread interrupt, @Reference Mempools mempools,
            @Reference Linux linux) {
        services = new MemberServices(
                devices, ports, hotUnplug, control, interrupt, mempools, new Barrier(linux));
        verbs = new BondVerbs(devs, ports);
    }

    @Deactivate
    void deactivate() {
        attachments.removeAll();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void probe(VdevDevice device) throws DeviceException {
        BondArgs args = BondArgs.parse(device.devargs());
        attachments.probe(device, attachment -> {
            BondDev dev = new BondDev(device.name(), args, services);
            attachment.onRemove(dev::close);
            devs.put(device.name(), dev);
            attachment.onRemove(() -> devs.remove(device.name()));
            Port port = services.ports().add(device, dev);
            attachment.onRemove(() -> services.ports().remove(port));
            dev.published(port);
        });
    }

    @Override
    public void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public void onEthEvent(EthEvent event) {
        devs.values().forEach(dev -> dev.onEthEvent(event));
    }

    @Override
    public void release(Port port) {
        devs.values().forEach(dev -> dev.release(port));
    }

    @Override
    public List<Verb<?>> verbs() {
        return verbs.all();
    }
}
