// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.internal.access.IgbUioAccess;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.bus.pci.internal.access.SysfsAccess;
import io.hotbus.bus.pci.internal.access.UioNode;
import io.hotbus.bus.pci.internal.access.UioPciGenericAccess;
import io.hotbus.bus.pci.internal.sysfs.PatientFiles;
import io.hotbus.bus.pci.internal.sysfs.SysfsPci;
import io.hotbus.bus.pci.internal.vfio.VfioGroups;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.file.Path;

/** Opens functions in the way that their kernel driver requires. Control threads. */
final class PciAccesses {
    private final Linux linux;
    private final InterruptThread interrupts;
    private final SysfsPci sysfs;
    private final PatientFiles files;
    private final Path dev;
    private final VfioGroups vfio;

    /** {@code dev}: where the device nodes are. */
    PciAccesses(Linux linux, InterruptThread interrupts, SysfsPci sysfs, PatientFiles files,
            Path dev, VfioGroups vfio) {
        this.linux = linux;
        this.interrupts = interrupts;
        this.sysfs = sysfs;
        this.files = files;
        this.dev = dev;
        this.vfio = vfio;
    }

    /**
     * Opens a function that is bound to {@code driver}. {@code signals} may be called before this
     * method returns.
     *
     * @throws DeviceException the function cannot be opened; everything is undone
     */
    PciAccess open(PciFunction function, KernelDriver driver, PciAccess.Signals signals)
            throws DeviceException {
        Path directory = sysfs.directory(function.address());
        try {
            return switch (driver) {
                case IGB_UIO -> IgbUioAccess.open(linux, interrupts, function, directory,
                        uio(function, directory), signals);
                case UIO_PCI_GENERIC -> UioPciGenericAccess.open(linux, interrupts, function,
                        directory, uio(function, directory), signals);
                case VFIO_PCI -> vfio.open(function, signals);
                case NONE -> SysfsAccess.open(linux, files, function, directory);
            };
        } catch (LinuxException e) {
            throw new DeviceException("%s: cannot be opened through %s: %s".formatted(
                    function.address(), driver.text(), e.getMessage()), e);
        }
    }

    private UioNode uio(PciFunction function, Path directory) throws DeviceException {
        return UioNode.find(function.address(), directory, dev);
    }
}
