// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.internal.access.ConfigSnapshot;
import io.hotbus.bus.pci.internal.access.ConfigSpace;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.bus.pci.internal.settings.PciSettings;
import io.hotbus.bus.pci.internal.sysfs.DriverBinding;
import io.hotbus.bus.pci.internal.sysfs.FoundFunction;
import io.hotbus.bus.pci.internal.sysfs.Patience;
import io.hotbus.bus.pci.internal.sysfs.SysfsPci;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.LinuxException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Finds functions, binds them to kernel drivers and opens them. Control threads. One call at a time
 * for a function, so that a function is not bound to another driver while it is being opened.
 */
final class PciOpener {
    private final SysfsPci sysfs;
    private final DriverBinding binding;
    private final PciAccesses accesses;
    private final KnownFunctions known;
    private final Closings closings;
    private final InterruptThread interrupts;
    private final HotUnplug hotUnplug;
    private final PciSettings settings;
    private final Map<PciAddress, ReentrantLock> locks = new ConcurrentHashMap<>();

    PciOpener(SysfsPci sysfs, DriverBinding binding, PciAccesses accesses, KnownFunctions known,
            Closings closings, InterruptThread interrupts, HotUnplug hotUnplug,
            PciSettings settings) {
        this.sysfs = sysfs;
        this.binding = binding;
        this.accesses = accesses;
        this.known = known;
        this.closings = closings;
        this.interrupts = interrupts;
        this.hotUnplug = hotUnplug;
        this.settings = settings;
    }

    /**
     * Finds the function, as soon as the kernel has closed it after its last use.
     *
     * @throws DeviceException the function is not there, or not closed in time
     */
    FoundFunction find(PciAddress address) throws DeviceException {
        closings.await(address);
        Patience patience = new Patience(settings.arrivalLimit());
        while (true) {
            Optional<FoundFunction> found = sysfs.find(address);
            if (found.isPresent()) {
                return found.get();
            }
            if (!justArrived(address) || !patience.pause()) {
                throw new DeviceException(address + ": is not there (lspci -D)");
            }
        }
    }

    private boolean justArrived(PciAddress address) {
        return known.addedWithin(address, settings.arrivalLimit());
    }

    /** See {@code PciBus.bind}; {@code attached} says whether the function is attached. */
    void bind(PciAddress address, KernelDriver driver, BooleanSupplier attached)
            throws DeviceException {
        lock(address);
        try {
            requireDetached(address, attached);
            closings.await(address);
            binding.bind(address, driver, () -> justArrived(address));
        } finally {
            unlock(address);
        }
    }

    /** See {@code PciBus.unbind}. */
    void unbind(PciAddress address, BooleanSupplier attached) throws DeviceException {
        lock(address);
        try {
            requireDetached(address, attached);
            closings.await(address);
            binding.unbind(address);
        } finally {
            unlock(address);
        }
    }

    private static void requireDetached(PciAddress address, BooleanSupplier attached)
            throws DeviceException {
        if (attached.getAsBoolean()) {
            throw new DeviceException(
                    address + ": is attached; detach it before its kernel driver is changed");
        }
    }

    /** The kernel driver that {@code devargs} ask for. */
    static Optional<KernelDriver> asked(Devargs devargs) throws DeviceException {
        String text = devargs.args().get(PciDevice.BIND);
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(KernelDriver.of(text).orElseThrow(() -> new DeviceException(
                "%s: %s=%s: one of %s is needed".formatted(devargs.name(), PciDevice.BIND, text,
                        Arrays.stream(KernelDriver.values()).map(KernelDriver::text)
                                .collect(Collectors.joining(", "))))));
    }

    /** Binds the device to the kernel driver that its devargs ask for, then opens the device. */
    void open(LivePciDevice device) throws DeviceException {
        PciAddress address = device.function().address();
        Optional<KernelDriver> asked = asked(device.devargs());
        lock(address);
        try {
            if (asked.isPresent()) {
                binding.bind(address, asked.get(), () -> justArrived(address));
            }
            // The sequence number is read before the function is: the uevent of a driver that
            // unbinds in between has a higher number, so it is not missed.
            device.expectUnbindAfter(sysfs.ueventSequence());
            FoundFunction found = findSettled(device, asked);
            open(device, found, driver(found, asked));
        } finally {
            unlock(address);
        }
    }

    /**
     * Waits until the BARs of the function are assigned. The BARs of a function with a kernel
     * driver are final; without a driver, the kernel may not have assigned them yet.
     */
    private FoundFunction findSettled(LivePciDevice device, Optional<KernelDriver> asked)
            throws DeviceException {
        PciAddress address = device.function().address();
        Patience patience = new Patience(settings.arrivalLimit());
        FoundFunction found;
        do {
            found = sysfs.find(address).filter(f -> f.inode() == device.found().inode())
                    .orElseThrow(() -> new DeviceException(
                            address + ": went away while it was being opened"));
        } while (asked.equals(Optional.of(KernelDriver.NONE)) && found.unassigned()
                && justArrived(address) && patience.pause());
        return found;
    }

    private static KernelDriver driver(FoundFunction found, Optional<KernelDriver> asked)
            throws DeviceException {
        PciAddress address = found.address();
        Optional<String> bound = found.function().kernelDriver();
        KernelDriver driver = asked.isPresent() ? asked.get()
                : bound.flatMap(KernelDriver::of).orElseThrow(() -> new DeviceException(
                        "%s: %s; attach it with %s=vfio-pci (or igb_uio, uio_pci_generic, none)"
                                .formatted(address, bound.map(name -> "the kernel's " + name
                                        + " drives it").orElse("no kernel driver has it"),
                                        PciDevice.BIND)));
        if (!bound.equals(driver.bound())) {
            throw new DeviceException("%s: was to be bound to %s, but %s".formatted(address,
                    driver.text(), bound.map(name -> name + " has taken it")
                            .orElse("is bound to none")));
        }
        return driver;
    }

    private void open(LivePciDevice device, FoundFunction found, KernelDriver driver)
            throws DeviceException {
        PciAccess access = accesses.open(found.function(), driver, new PciAccess.Signals() {
            @Override
            public void removed(RemovalCause cause) {
                hotUnplug.report(device, cause);
            }

            @Override
            public void failed() {
                device.failed();
            }

            @Override
            public void interrupted() {
                device.interrupted();
            }
        });
        ConfigSnapshot config;
        try {
            ConfigSpace.prepare(access);
            config = ConfigSnapshot.take(access);
        } catch (LinuxException e) {
            access.close();
            throw new DeviceException("%s: its configuration space cannot be accessed: %s"
                    .formatted(device, e.getMessage()), e);
        }
        Optional<TransientFaults> faults = access.mayFaultWhilePresent()
                ? Optional.of(new TransientFaults(new DeviceFaults(device, hotUnplug), interrupts,
                        settings.faultLimit()))
                : Optional.empty();
        device.opened(found, new LivePciDevice.Opened(access, driver, config, faults));
    }

    private void lock(PciAddress address) {
        locks.computeIfAbsent(address, key -> new ReentrantLock()).lock();
    }

    private void unlock(PciAddress address) {
        locks.get(address).unlock();
    }
}
