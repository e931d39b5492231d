// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.AbstractBus;
import io.hotbus.bus.BusServices;
import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciBus;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.bus.pci.internal.settings.PciSettings;
import io.hotbus.bus.pci.internal.sysfs.DriverBinding;
import io.hotbus.bus.pci.internal.sysfs.FoundFunction;
import io.hotbus.bus.pci.internal.sysfs.PatientFiles;
import io.hotbus.bus.pci.internal.sysfs.SysfsPci;
import io.hotbus.bus.pci.internal.sysfs.VirtualFunctions;
import io.hotbus.bus.pci.internal.vfio.VfioGroups;
import io.hotbus.eal.annotation.ProvidesBus;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceFilter;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The bus of PCI functions, as sysfs shows them. The devarg {@code bind} names the kernel driver
 * that a function is bound to before it is opened; all other devargs are for the device driver.
 */
@Component(service = {
        Bus.class, BusHotplugHandler.class, SigbusHandler.class, PciBus.class, Pci.class},
        property = BusHotplugHandler.BUS + "=" + PciDevice.BUS)
@ProvidesBus(PciDevice.BUS)
public final class Pci extends AbstractBus<LivePciDevice, PciDriver> implements PciBus {
    private final DeviceFilter filter;
    private final SysfsPci sysfs;
    private final PciOpener opener;
    private final VirtualFunctions virtualFunctions;
    private final PciDetectors detectors;
    private final LostFunctions lost;
    private final Closings closings;
    private final Lease reconciling;
    private final Linux linux;

    @Activate
    public Pci(@Reference PciSettings settings, @Reference HotUnplug hotUnplug,
            @Reference DeviceEvents events, @Reference MmioMapper mapper,
            @Reference ControlThread control, @Reference InterruptThread interrupts,
            @Reference Linux linux, @Reference VfioGroups vfio, @Reference DeviceFilter filter) {
        this(settings, new BusServices(hotUnplug, events, mapper, control), interrupts, linux,
                vfio, filter);
    }

    Pci(PciSettings settings, BusServices services, InterruptThread interrupts, Linux linux,
            VfioGroups vfio, DeviceFilter filter) {
        super(PciDevice.BUS, LivePciDevice.class, services);
        this.filter = filter;
        this.sysfs = new SysfsPci(settings.sysfs());
        this.linux = linux;
        KnownFunctions known = new KnownFunctions();
        PatientFiles files = new PatientFiles(settings::kernelLimit);
        this.closings = new Closings(settings::kernelLimit);
        this.opener = new PciOpener(sysfs,
                new DriverBinding(sysfs, files, settings::arrivalLimit),
                new PciAccesses(linux, interrupts, sysfs, files, settings.dev(), vfio), known,
                closings, interrupts, services.hotUnplug(), settings);
        this.virtualFunctions = new VirtualFunctions(sysfs, files);
        this.lost = new LostFunctions(sysfs);
        this.detectors = new PciDetectors(sysfs, known, lost, services.events(),
                new PciDetectors.Attached() {
                    @Override
                    public List<LivePciDevice> devices() {
                        return Pci.this.devices();
                    }

                    @Override
                    public void removed(String name, RemovalCause cause) {
                        reportRemoved(name, cause);
                    }
                });
        detectors.start();
        this.reconciling = interrupts.every(settings.reconcilePeriod(), detectors::reconcile);
    }

    @Deactivate
    void deactivate() {
        reconciling.close();
        closeBus();
        closings.awaitAll();
    }

    // ---- PciBus ----

    @Override
    public List<PciFunction> functions() throws DeviceException {
        return sysfs.scan().stream().map(FoundFunction::function).toList();
    }

    @Override
    public void bind(PciAddress address, KernelDriver driver) throws DeviceException {
        filter.requireAllowed(PciDevice.BUS, address.toString());
        opener.bind(address, driver, () -> find(address.toString()).isPresent());
    }

    @Override
    public void unbind(PciAddress address) throws DeviceException {
        filter.requireAllowed(PciDevice.BUS, address.toString());
        opener.unbind(address, () -> find(address.toString()).isPresent());
    }

    @Override
    public void setVirtualFunctions(PciAddress address, int count) throws DeviceException {
        filter.requireAllowed(PciDevice.BUS, address.toString());
        virtualFunctions.set(address, count);
    }

    // ---- attaching ----

    @Override
    public boolean claims(Devargs devargs) {
        return devargs.bus().map(PciDevice.BUS::equals)
                .orElseGet(() -> PciAddress.parse(devargs.name()).isPresent());
    }

    /** {@code 03:00.0} is the same as {@code 0000:03:00.0}. */
    @Override
    public String nameOf(Devargs devargs) {
        return PciAddress.parse(devargs.name()).map(PciAddress::toString).orElse(devargs.name());
    }

    /** A value of {@code bind} that is wrong; of a function that is there, also its driver. */
    @Override
    public Optional<String> lacks(Devargs devargs) {
        try {
            PciOpener.asked(devargs);
        } catch (DeviceException e) {
            return Optional.of(e.getMessage());
        }
        try {
            return lackOf(newDevice(devargs), devargs);
        } catch (DeviceException e) {
            return Optional.empty(); // it may come later
        }
    }

    private static PciAddress address(Devargs devargs) throws DeviceException {
        return PciAddress.parse(devargs.name()).orElseThrow(() -> new DeviceException(
                devargs.name() + ": is not a PCI address (0000:03:00.0)"));
    }

    @Override
    protected LivePciDevice newDevice(Devargs devargs) throws DeviceException {
        PciAddress address = address(devargs);
        filter.requireAllowed(PciDevice.BUS, address.toString());
        PciOpener.asked(devargs);
        // The sequence number is read before the function is found: the uevent of a removal in
        // between has a higher number, so it is not missed.
        long sequence = sysfs.ueventSequence();
        return new LivePciDevice(devargs, opener.find(address), sequence,
                new PciBars(services().mapper(), linux.pageSize()), linux);
    }

    /** Rates the driver by the most specific of its ids that match. */
    @Override
    protected int match(PciDriver driver, LivePciDevice device) {
        return driver.ids().stream().filter(id -> id.matches(device.function().id()))
                .mapToInt(id -> 1 + id.precision()).max().orElse(0);
    }

    @Override
    protected String noDriver(LivePciDevice device, String installed) {
        PciId id = device.function().id();
        return "%s: no driver for %s (class %06x; installed: %s)"
                .formatted(device, id, id.classCode(), installed);
    }

    @Override
    protected void open(LivePciDevice device) throws DeviceException {
        opener.open(device);
    }

    @Override
    protected void probe(PciDriver driver, LivePciDevice device) throws DeviceException {
        driver.probe(device);
        lost.attached(device);
    }

    @Override
    protected void remove(PciDriver driver, LivePciDevice device) throws DeviceException {
        driver.remove(device);
    }

    /** Does not wait for the kernel, which may take as long as a reset. */
    @Override
    protected void close(LivePciDevice device) {
        device.cutOff();
        closings.add(device.function().address(), device.letGo());
        lost.closed(device);
    }

    // ---- removal ----

    @Override
    public void handleUevent(Uevent uevent) {
        Optional<PciUevent> ours = PciUevent.of(uevent);
        if (ours.isPresent()) { // no lambda: a removal has no time to link it
            detectors.handle(ours.get());
        }
    }

    @Override
    public void rescan() throws DeviceException {
        detectors.rescan();
    }

    @Override
    protected boolean isRemoval(LivePciDevice device, SigbusFault fault) {
        return device.isRemoval();
    }

    /**
     * Turns bus mastering off, replaces the windows, and gives the device back to the kernel. So a
     * removal that waits for this process completes, whatever the application does.
     */
    @Override
    public void handleHotUnplug(Device device, RemovalCause cause) throws DeviceException {
        if (!(device instanceof LivePciDevice removed)) {
            super.handleHotUnplug(device, cause);
            return;
        }
        removed.cutOff();
        try {
            super.handleHotUnplug(device, cause);
        } finally {
            removed.letGo();
        }
    }
}
