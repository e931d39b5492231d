// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates and removes virtual functions (SR-IOV), by the file {@code sriov_numvfs} of their
 * physical function. Control threads. Source: Linux Documentation/PCI/pci-iov-howto.rst.
 */
public final class VirtualFunctions {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualFunctions.class);
    private static final String NONE = "0";

    private final SysfsPci sysfs;
    private final PatientFiles files;

    /** For the functions of {@code sysfs}. */
    public VirtualFunctions(SysfsPci sysfs, PatientFiles files) {
        this.sysfs = sysfs;
        this.files = files;
    }

    /** See {@code PciBus.setVirtualFunctions}. */
    public void set(PciAddress address, int count) throws DeviceException {
        Path directory = sysfs.directory(address);
        Path number = directory.resolve("sriov_numvfs");
        if (sysfs.inode(address).isEmpty()) {
            throw new DeviceException(address + ": is not there");
        }
        if (!Files.exists(number)) {
            throw new DeviceException(address + ": has no virtual functions (SR-IOV): lspci -vv "
                    + "shows which functions have");
        }
        try {
            int most = Integer.parseInt(
                    files.read(address, directory.resolve("sriov_totalvfs")));
            if (count < 0 || count > most) {
                throw new DeviceException("%s: has 0 to %s virtual functions, not %s"
                        .formatted(address, most, count));
            }
            change(address, number, String.valueOf(count));
        } catch (IOException e) {
            throw failure(address, e);
        } catch (NumberFormatException e) {
            throw new DeviceException(address + ": sriov_totalvfs: is not a number", e);
        }
    }

    /** The kernel changes the number only from and to 0. */
    private void change(PciAddress address, Path number, String wanted)
            throws IOException, DeviceException {
        String now = files.read(address, number);
        if (now.equals(wanted)) {
            return;
        }
        if (!now.equals(NONE)) {
            files.write(address, number, NONE);
        }
        if (!wanted.equals(NONE)) {
            files.write(address, number, wanted);
        }
        LOG.info("{}: {} virtual functions (it had {})", address, wanted, now);
    }

    private DeviceException failure(PciAddress address, IOException e) {
        String driver = sysfs.driver(address).orElse("no kernel driver");
        String cure = e instanceof AccessDeniedException ? "run as root"
                : "the kernel driver of the physical function has to make them, and " + driver
                        + " has it; dmesg says more";
        return new DeviceException("%s: its virtual functions cannot be changed: %s (%s)"
                .formatted(address, e.getMessage(), cure), e);
    }
}
