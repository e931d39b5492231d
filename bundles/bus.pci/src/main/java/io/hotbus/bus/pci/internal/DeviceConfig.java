// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.internal.access.ConfigSnapshot;
import io.hotbus.bus.pci.internal.access.ConfigSpace;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.LinuxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration space of one device, for its driver. The lock of this object serialises changes
 * of COMMAND.
 */
final class DeviceConfig {
    private static final Logger LOG = LoggerFactory.getLogger(DeviceConfig.class);

    private final LivePciDevice device;
    /** Whether the driver has turned bus mastering on. Guarded by this. */
    private boolean mastering;
    /** Whether the device's memory was away and is back, and this was not reported yet. */
    private volatile boolean memoryWasAway;
    /** Whether the kernel has reported an error of the device, and this was not reported yet. */
    private volatile boolean failed;

    DeviceConfig(LivePciDevice device) {
        this.device = device;
    }

    int read(PciAccess access, int offset, int bytes) throws DeviceException {
        try {
            return access.readConfig(offset, bytes);
        } catch (LinuxException e) {
            throw failed(offset, "read", e);
        }
    }

    void write(PciAccess access, int offset, int bytes, int value) throws DeviceException {
        try {
            access.writeConfig(offset, bytes, value);
        } catch (LinuxException e) {
            throw failed(offset, "written", e);
        }
    }

    private DeviceException failed(int offset, String what, LinuxException e) {
        return new DeviceException("%s: configuration space at %#x cannot be %s: %s"
                .formatted(device, offset, what, e.getMessage()), e);
    }

    /** Turns bus mastering off, if the device still answers. */
    synchronized void turnBusMasterOff(PciAccess access) {
        mastering = false;
        try {
            ConfigSpace.setBusMaster(access, false);
        } catch (LinuxException e) {
            LOG.debug("{}: bus mastering not turned off: {}", device, e.getMessage());
        }
    }

    /**
     * Turns bus mastering on.
     *
     * @throws DeviceException the device is gone
     */
    synchronized void turnBusMasterOn(PciAccess access) throws DeviceException {
        if (device.isGone()) {
            throw new DeviceException(device + ": is gone, so it is not let reach memory");
        }
        try {
            ConfigSpace.setBusMaster(access, true);
            mastering = true;
        } catch (LinuxException e) {
            throw new DeviceException(device + ": bus mastering cannot be turned on: "
                    + e.getMessage(), e);
        }
    }

    /** Notes that the device's memory was away for a while. */
    void memoryWasAway() {
        memoryWasAway = true;
    }

    /** Notes that the kernel has reported an error of the device, and may have reset it. */
    void failed() {
        failed = true;
    }

    /** See {@code PciDevice.restoreConfig}. */
    synchronized Optional<String> restore(PciAccess access, ConfigSnapshot before)
            throws DeviceException {
        if (device.isGone()) {
            return Optional.empty();
        }
        List<String> changes = new ArrayList<>();
        try {
            changes.addAll(before.restore(access, mastering));
        } catch (LinuxException e) {
            throw new DeviceException("%s: configuration space cannot be compared with what it was:"
                    .formatted(device) + " " + e.getMessage(), e);
        }
        if (memoryWasAway) {
            memoryWasAway = false;
            changes.add("its memory was away for a while");
        }
        if (failed) {
            failed = false;
            access.renewInterrupt();
            changes.add("the kernel has reported an error of it");
        }
        return changes.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", changes));
    }
}
