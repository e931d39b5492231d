// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access through uio_pci_generic: {@code /dev/uioN} reports interrupts (INTx) and the removal, and
 * the BARs come from sysfs. Since Linux 5.12 these BARs do not fault when the function goes: see
 * {@link SysfsResources}.
 */
public final class UioPciGenericAccess extends PhysicalAccess {
    private static final Logger LOG = LoggerFactory.getLogger(UioPciGenericAccess.class);

    private final SysfsResources resources;
    private final UioFile file;

    private UioPciGenericAccess(Linux linux, PciFunction function, Path directory, UioNode uio)
            throws LinuxException, DeviceException {
        super(linux, function, directory);
        try {
            this.resources = new SysfsResources(linux, directory, function);
            try {
                this.file = new UioFile(linux, uio.node());
            } catch (LinuxException | DeviceException e) {
                resources.close();
                throw e;
            }
        } catch (LinuxException | DeviceException e) {
            super.close();
            throw e;
        }
    }

    /** {@code directory}: the sysfs directory of the function. */
    public static PciAccess open(Linux linux, InterruptThread interrupts, PciFunction function,
            Path directory, UioNode uio, Signals signals) throws LinuxException, DeviceException {
        UioPciGenericAccess access = new UioPciGenericAccess(linux, function, directory, uio);
        access.disableInterrupt();
        access.file.watch(interrupts, signals);
        return access;
    }

    @Override
    public Region region(Bar bar) throws DeviceException {
        return resources.region(bar);
    }

    @Override
    public void enableInterrupt() throws DeviceException {
        if (!file.hasInterrupt()) {
            throw new DeviceException(function().address()
                    + ": has no INTx interrupt: poll it, or bind it to igb_uio or vfio-pci");
        }
        try {
            ConfigSpace.setInterruptDisabled(this, false);
        } catch (LinuxException e) {
            throw new DeviceException(function().address() + ": its interrupt cannot be enabled: "
                    + e.getMessage(), e);
        }
    }

    /** Unmasks the interrupt, which the kernel masked before it woke this process. */
    @Override
    public void rearmInterrupt() {
        setInterruptDisabled(false);
    }

    @Override
    public void disableInterrupt() {
        setInterruptDisabled(true);
    }

    private void setInterruptDisabled(boolean disabled) {
        try {
            ConfigSpace.setInterruptDisabled(this, disabled);
        } catch (LinuxException e) {
            LOG.debug("{}: {}", function().address(), e.getMessage());
        }
    }

    @Override
    public void close() {
        file.close();
        resources.close();
        super.close();
    }
}
