// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciId;
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
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The driver {@code net_e1000_igb_vf}; the name is DPDK's. Control threads. */
@Component(service = PciDriver.class)
@ProvidesDriver(VfDriver.NAME)
@RequireBus(PciDevice.BUS)
public final class VfDriver extends AbstractNicDriver {
    static final String NAME = "net_e1000_igb_vf";
    private static final int INTEL = 0x8086;
    /** Of the 82576, which was tried, and of the I350, which was not. */
    private static final List<PciId> IDS =
            List.of(PciId.of(INTEL, 0x10ca), PciId.of(INTEL, 0x1520));
    private static final NicPatience PATIENCE = NicPatience.of(Duration.ofSeconds(2));

    @Activate
    public VfDriver(@Reference DmaAllocator allocator, @Reference InterruptThread interrupts,
            @Reference HotUnplug hotUnplug, @Reference PortRegistry ports,
            @Reference VfSettings settings) {
        this(new NicServices(allocator, interrupts, hotUnplug, ports), settings, PATIENCE);
    }

    VfDriver(NicServices services, VfSettings settings, NicPatience patience) {
        super(NAME, IDS, services, settings, patience);
    }

    @Override
    @Deactivate
    public void deactivate() {
        super.deactivate();
    }

    @Override
    protected VfDev open(PciDevice device, DmaAllocator allocator, NicLimits limits)
            throws DeviceException {
        return VfDev.probe(new VfChip(device, mapBar0(device, VfRegs.BAR0_LENGTH),
                limits.reset()), allocator);
    }
}
