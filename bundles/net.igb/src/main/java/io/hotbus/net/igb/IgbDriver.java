// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.eal.annotation.ProvidesDriver;
import io.hotbus.eal.annotation.RequireBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.pmd.pci.AbstractNicDriver;
import io.hotbus.pmd.pci.NicLimits;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.pmd.pci.NicServices;
import java.time.Duration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The driver {@code net_e1000_igb}; the name is DPDK's. Control threads. */
@Component(service = PciDriver.class)
@ProvidesDriver(IgbDriver.NAME)
@RequireBus(PciDevice.BUS)
public final class IgbDriver extends AbstractNicDriver {
    static final String NAME = "net_e1000_igb";
    private static final NicPatience PATIENCE = NicPatience.of(Duration.ofSeconds(2));

    @Activate
    public IgbDriver(@Reference DmaAllocator allocator, @Reference InterruptThread interrupts,
            @Reference HotUnplug hotUnplug, @Reference PortRegistry ports,
            @Reference IgbSettings settings) {
        this(new NicServices(allocator, interrupts, hotUnplug, ports), settings, PATIENCE);
    }

    IgbDriver(NicServices services, IgbSettings settings, NicPatience patience) {
        super(NAME, IgbModel.allIds(), services, settings, patience);
    }

    @Override
    @Deactivate
    public void deactivate() {
        super.deactivate();
    }

    @Override
    protected IgbDev open(PciDevice device, DmaAllocator allocator, NicLimits limits)
            throws DeviceException {
        return IgbDev.probe(new IgbChip(device, mapBar0(device, IgbRegs.BAR0_LENGTH),
                limits.reset()), allocator);
    }
}
