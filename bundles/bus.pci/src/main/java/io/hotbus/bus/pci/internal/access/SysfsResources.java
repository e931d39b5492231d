// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * The memory BARs through the sysfs files {@code resourceN}. All files are opened at the start, so
 * that they belong to this stay of the function.
 *
 * <p>Since Linux 5.12, a mapping of these files does not fault when the function goes; it stays as
 * it was. It must be replaced as soon as the removal is noticed in another way.
 */
final class SysfsResources implements AutoCloseable {
    private final Linux linux;
    private final Path directory;
    private final Map<Integer, Integer> fds = new TreeMap<>();

    SysfsResources(Linux linux, Path directory, PciFunction function) throws LinuxException {
        this.linux = linux;
        this.directory = directory;
        try {
            for (Bar bar : function.bars()) {
                if (bar.memory()) {
                    fds.put(bar.index(), linux.open(file(bar).toString(), true));
                }
            }
        } catch (LinuxException e) {
            close();
            throw e;
        }
    }

    private Path file(Bar bar) {
        return directory.resolve("resource" + bar.index());
    }

    /** See {@link PciAccess#region}. */
    synchronized PciAccess.Region region(Bar bar) throws DeviceException {
        Integer fd = fds.get(bar.index());
        if (fd == null) {
            throw new DeviceException(file(bar) + " is not open (any more)");
        }
        return new PciAccess.Region(fd, 0);
    }

    @Override
    public synchronized void close() {
        fds.values().forEach(linux::close);
        fds.clear();
    }
}
