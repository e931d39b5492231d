// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.PciFunction;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The base of all accesses that do not manage an IOMMU: physical addresses, sysfs. */
abstract class PhysicalAccess implements PciAccess {
    private final PciFunction function;
    private final SysfsConfig config;
    private final boolean translated;

    /** {@code directory}: the sysfs directory of the function. */
    PhysicalAccess(Linux linux, PciFunction function, Path directory) throws LinuxException {
        this.function = function;
        this.translated = isTranslated(directory);
        this.config = new SysfsConfig(linux, directory);
    }

    /** Whether an IOMMU translates the addresses of the device: type DMA or DMA-FQ. */
    private static boolean isTranslated(Path directory) {
        try {
            return Files.readString(directory.resolve("iommu_group/type")).startsWith("DMA");
        } catch (IOException e) {
            return false;
        }
    }

    final PciFunction function() {
        return function;
    }

    @Override
    public final int readConfig(int offset, int bytes) throws LinuxException {
        return config.read(offset, bytes);
    }

    @Override
    public final void writeConfig(int offset, int bytes, int value) throws LinuxException {
        config.write(offset, bytes, value);
    }

    @Override
    public final void requireReachable(DmaMemory memory) throws DeviceException {
        if (translated) {
            throw new DeviceException(function.address() + ": is behind an IOMMU that does not "
                    + "know of our memory: bind it to vfio-pci, or boot with iommu=pt");
        }
        if (memory.iovaMode() != IovaMode.PA) {
            throw new DeviceException(function.address() + ": needs memory at fixed physical "
                    + "addresses: reserve hugepages (/sys/kernel/mm/hugepages) and run as root, or "
                    + "bind it to vfio-pci");
        }
    }

    /** A mapping faults only because the function is gone. */
    @Override
    public final boolean mayFaultWhilePresent() {
        return false;
    }

    @Override
    public void close() {
        config.close();
    }
}
