// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.internal.sysfs.PatientFiles;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Access through sysfs to a function without a kernel driver. It has no interrupt, and only uevents
 * report its removal. See {@link SysfsResources} for its BARs. The function stays enabled when it
 * is closed: disabling it by name could hit another function in the same slot.
 */
public final class SysfsAccess extends PhysicalAccess {
    private final SysfsResources resources;

    private SysfsAccess(Linux linux, PciFunction function, Path directory) throws LinuxException {
        super(linux, function, directory);
        try {
            this.resources = new SysfsResources(linux, directory, function);
        } catch (LinuxException e) {
            super.close();
            throw e;
        }
    }

    /** {@code directory}: the sysfs directory of the function. */
    public static PciAccess open(Linux linux, PatientFiles files, PciFunction function,
            Path directory) throws LinuxException, DeviceException {
        PciAddress address = function.address();
        try {
            files.write(address, directory.resolve("enable"), "1");
        } catch (IOException e) {
            throw new DeviceException("%s: cannot be enabled: %s (has a kernel driver taken it?)"
                    .formatted(address, e.getMessage()), e);
        }
        return new SysfsAccess(linux, function, directory);
    }

    @Override
    public Region region(Bar bar) throws DeviceException {
        return resources.region(bar);
    }

    @Override
    public void enableInterrupt() throws DeviceException {
        throw new DeviceException(function().address() + ": has no kernel driver that could tell "
                + "of its interrupts: poll it, or bind it to igb_uio or vfio-pci");
    }

    @Override
    public void rearmInterrupt() {
    }

    @Override
    public void disableInterrupt() {
    }

    @Override
    public void close() {
        resources.close();
        super.close();
    }
}
