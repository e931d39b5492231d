// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.internal.access.ConfigSnapshot;
import io.hotbus.bus.pci.internal.access.ConfigSpace;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.bus.pci.internal.sysfs.FoundFunction;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function that a driver has or will get. The lock of this object is held while a descriptor of
 * its access is used for mapping, so that the descriptor is not closed and its number reused
 * meanwhile.
 */
final class LivePciDevice extends PciDevice {
    private static final Logger LOG = LoggerFactory.getLogger(LivePciDevice.class);

    /**
     * The access to an open function. {@code config} is a snapshot from when it was opened. {@code
     * faults} is set if a fault does not always mean a removal.
     */
    record Opened(PciAccess access, KernelDriver driver, ConfigSnapshot config,
            Optional<TransientFaults> faults) {
        void close() {
            if (faults.isPresent()) {
                faults.get().close();
            }
            access.close();
        }
    }

    /**
     * How readily the thread that closes a function leaves the CPU to others: the detach, which
     * goes on meanwhile, comes first.
     */
    private static final int NICENESS = 10;

    private final Linux linux;
    private final PciInterrupt interrupt;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** Made now: a removal has no time to link it. */
    private final Runnable closeAccess = this::closeAccess;
    private final DeviceConfig config = new DeviceConfig(this);
    /** Guarded by the lock. */
    private final PciBars bars;
    /** Uevents up to this number concern earlier stays in the slot. */
    private final long arrivedAfter;
    private volatile FoundFunction found;
    /** Uevents up to this number concern earlier bindings. */
    private volatile long boundAfter = Long.MAX_VALUE;
    /** Written under the lock. */
    private volatile Opened opened;
    /** Written under the lock. */
    private volatile boolean closing;

    LivePciDevice(Devargs devargs, FoundFunction found, long arrivedAfter, PciBars bars,
            Linux linux) {
        super(devargs);
        this.linux = linux;
        this.found = found;
        this.arrivedAfter = arrivedAfter;
        this.bars = bars;
        this.interrupt = new PciInterrupt(name());
    }

    // ---- its stay on the bus ----

    /** The function as it was found when it was last opened. */
    FoundFunction found() {
        return found;
    }

    /** Whether a removal uevent of that number concerns this stay in the slot. */
    boolean heedsRemoval(long sequence) {
        return sequence < 0 || sequence > arrivedAfter;
    }

    /** Whether an unbind uevent of that number concerns the present binding. */
    boolean heedsUnbind(long sequence) {
        long since = boundAfter;
        return since != Long.MAX_VALUE && (sequence < 0 || sequence > since);
    }

    /**
     * Whether this bus has caused the bind or unbind uevent of that number, so that it is not news.
     */
    boolean hasBroughtAbout(long sequence) {
        long since = boundAfter;
        return opened == null ? state() == DeviceState.PROBING
                : sequence >= 0 && sequence <= since;
    }

    /** Notes the number of the latest uevent, before the kernel driver is read. */
    void expectUnbindAfter(long sequence) {
        boundAfter = sequence;
    }

    /** Whether the function is open through a UIO driver. */
    boolean usesUio() {
        Opened now = opened;
        return now != null && (now.driver == KernelDriver.IGB_UIO
                || now.driver == KernelDriver.UIO_PCI_GENERIC);
    }

    /** The kernel driver that the function was opened through, or null if it is not open. */
    KernelDriver openedThrough() {
        Opened now = opened;
        return now == null ? null : now.driver;
    }

    // ---- opening and closing ----

    /**
     * Notes that the function is open.
     *
     * @throws DeviceException the function was removed meanwhile; {@code how} is closed again
     */
    void opened(FoundFunction now, Opened how) throws DeviceException {
        synchronized (this) {
            if (!closing) {
                found = now;
                opened = how;
                return;
            }
        }
        how.close();
        throw new DeviceException(name() + ": pulled out while it was being opened");
    }

    /** Turns bus mastering off, if the device still answers. */
    void cutOff() {
        Opened now = opened;
        if (now != null) {
            config.turnBusMasterOff(now.access);
        }
    }

    /**
     * Closes the access on a thread of its own, which gives the function back to the kernel. That
     * may take as long as a reset. Idempotent.
     *
     * @return done when the kernel has closed the function
     */
    CompletableFuture<Void> letGo() {
        synchronized (this) {
            if (closing) {
                return closed;
            }
            closing = true;
        }
        Thread thread = new Thread(closeAccess, "pci-close-" + name());
        thread.setDaemon(true);
        thread.start();
        return closed;
    }

    private void closeAccess() {
        try {
            linux.nice(NICENESS);
        } catch (LinuxException e) {
            LOG.debug("{}: {}", this, e.getMessage());
        }
        try {
            Opened now = opened;
            if (now != null) {
                now.close();
            }
        } catch (RuntimeException e) {
            LOG.error("{}: could not be closed", this, e);
        } finally {
            closed.complete(null);
        }
    }

    private PciAccess access() throws DeviceException {
        Opened now = opened;
        if (now == null || closing && state() == DeviceState.DETACHED) {
            throw new DeviceException(this + (now == null ? ": is not open" : ": is closed"));
        }
        return now.access;
    }

    // ---- PciDevice ----

    @Override
    public PciFunction function() {
        return found.function();
    }

    @Override
    public KernelDriver kernelDriver() {
        Opened now = opened;
        return now == null ? KernelDriver.NONE : now.driver;
    }

    @Override
    public synchronized Mmio mapBar(int index) throws DeviceException {
        Optional<Mmio> mapped = bars.mapped(index);
        if (mapped.isPresent()) {
            return mapped.get();
        }
        if (closing) {
            throw new DeviceException("%s: BAR%s cannot be mapped: the device is gone"
                    .formatted(this, index));
        }
        return bars.map(this, access(), index);
    }

    /**
     * Puts the device's memory behind its windows again.
     *
     * @throws IOException one of the windows stays as it is
     */
    synchronized void restoreWindows() throws IOException {
        Opened now = opened;
        if (now != null && !closing) {
            bars.restore(this, now.access);
            config.memoryWasAway();
        }
    }

    /** Whether a fault in one of the windows means that the device is gone. */
    boolean isRemoval() {
        Opened now = opened;
        return now == null || now.faults.isEmpty() || now.faults.get().isRemoval();
    }

    /** Whether the device answers. */
    boolean isPresent() {
        Opened now = opened;
        return now != null
                && ConfigSpace.answers(now.access, function().physical().isPresent());
    }

    /** Whether the device's memory can be accessed. */
    boolean decodesMemory() throws LinuxException {
        Opened now = opened;
        return now != null && ConfigSpace.decodesMemory(now.access);
    }

    @Override
    public int readConfig(int offset, int bytes) throws DeviceException {
        return config.read(access(), offset, bytes);
    }

    @Override
    public void writeConfig(int offset, int bytes, int value) throws DeviceException {
        config.write(access(), offset, bytes, value);
    }

    @Override
    public void setBusMaster(boolean on) throws DeviceException {
        if (on) {
            config.turnBusMasterOn(access());
        } else {
            cutOff();
        }
    }

    @Override
    public Optional<String> restoreConfig() throws DeviceException {
        Opened now = opened;
        return now == null ? Optional.empty() : config.restore(now.access, now.config);
    }

    @Override
    public Lease onInterrupt(Runnable handler) throws DeviceException {
        return interrupt.register(access(), handler);
    }

    /** Notes that the kernel has reported an error of the device. On {@code interrupt}. */
    void failed() {
        LOG.warn("{}: the kernel has reported an error of the device (dmesg says which): it is set "
                + "up again, as it may have been reset", this);
        config.failed();
    }

    /** Calls the interrupt handler. On {@code interrupt}. */
    void interrupted() {
        interrupt.interrupted();
    }

    @Override
    public void requireReachable(DmaMemory memory) throws DeviceException {
        access().requireReachable(memory);
    }
}
