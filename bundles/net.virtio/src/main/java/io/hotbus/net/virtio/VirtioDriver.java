// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

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
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The driver {@code net_virtio}; the name is DPDK's. Control threads. */
@Component(service = PciDriver.class)
@ProvidesDriver(VirtioDriver.NAME)
@RequireBus(PciDevice.BUS)
public final class VirtioDriver extends AbstractNicDriver {
    static final String NAME = "net_virtio";
    private static final int VENDOR = 0x1af4;
    /** The id of a network device, 4.1.2.1, and its transitional id, 4.1.2.3. */
    private static final List<PciId> IDS = List.of(
            PciId.of(VENDOR, 0x1041), PciId.of(VENDOR, 0x1000));
    private static final NicPatience PATIENCE = NicPatience.of(Duration.ofSeconds(5));

    private final Runnable settle;

    @Activate
    public VirtioDriver(@Reference DmaAllocator allocator, @Reference InterruptThread interrupts,
            @Reference HotUnplug hotUnplug, @Reference PortRegistry ports,
            @Reference VirtioSettings settings) {
        this(new NicServices(allocator, interrupts, hotUnplug, ports), settings, PATIENCE,
                () -> { });
    }

    /** {@code settle}: see {@link VirtioTransport}. */
    VirtioDriver(NicServices services, VirtioSettings settings, NicPatience patience,
            Runnable settle) {
        super(NAME, IDS, services, settings, patience);
        this.settle = settle;
    }

    @Override
    @Deactivate
    public void deactivate() {
        super.deactivate();
    }

    @Override
    protected Set<String> keys() {
        return StandbyArgs.KEYS;
    }

    @Override
    protected VirtioDev open(PciDevice device, DmaAllocator allocator, NicLimits limits)
            throws DeviceException {
        return VirtioDev.probe(new VirtioTransport(device, VirtioCapabilities.read(device),
                limits.reset(), settle), allocator);
    }
}
