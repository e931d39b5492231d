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
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function while a driver has it, or is to have it. Its lock is held while a descriptor of its
 * access is used for mapping, so that none is closed, and another opened, at that moment.
 */
final class LivePciDevice extends PciDevice {
    private static final Logger LOG = LoggerFactory.getLogger(LivePciDevice.class);
    private static final long CLOSE_SECONDS = 5;

    /**
     * How it is accessed, once it is open; {@code config}: as it was then; {@code faults}: where a
     * fault need not be its end.
     */
    record Opened(PciAccess access, KernelDriver driver, ConfigSnapshot config,
            Optional<TransientFaults> faults) {
        void close() {
            faults.ifPresent(TransientFaults::close);
            access.close();
        }
    }

    private final PciInterrupt interrupt;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final DeviceConfig config = new DeviceConfig(this);
    /** Guarded by the lock. */
    private final PciBars bars;
    /** Uevents up to this number tell of earlier stays in the slot. */
    private final long arrivedAfter;
    private volatile FoundFunction found;
    /** Uevents up to this number tell of earlier bindings. */
    private volatile long boundAfter = Long.MAX_VALUE;
    /** Written under the lock. */
    private volatile Opened opened;
    /** Guarded by the lock. */
    private boolean closing;

    LivePciDevice(Devargs devargs, FoundFunction found, long arrivedAfter, PciBars bars) {
        super(devargs);
        this.found = found;
        this.arrivedAfter = arrivedAfter;
        this.bars = bars;
        this.interrupt = new PciInterrupt(name());
    }

    // ---- its stay on the bus ----

    /** What was found when it was opened last. */
    FoundFunction found() {
        return found;
    }

    /** Whether a uevent of that number about a removal is about this stay. */
    boolean heedsRemoval(long sequence) {
        return sequence < 0 || sequence > arrivedAfter;
    }

    /** Whether a uevent of that number about its kernel driver is about the one it is bound to. */
    boolean heedsUnbind(long sequence) {
        long since = boundAfter;
        return since != Long.MAX_VALUE && (sequence < 0 || sequence > since);
    }

    /** Whether a uevent about its kernel driver is of our own making, so that it is no news. */
    boolean hasBroughtAbout(long sequence) {
        long since = boundAfter;
        return opened == null ? state() == DeviceState.PROBING
                : sequence >= 0 && sequence <= since;
    }

    /** The number of the latest uevent, before the kernel driver is looked at. */
    void expectUnbindAfter(long sequence) {
        boundAfter = sequence;
    }

    /** Whether it is open through a kernel driver by means of UIO. */
    boolean usesUio() {
        Opened now = opened;
        return now != null && (now.driver == KernelDriver.IGB_UIO
                || now.driver == KernelDriver.UIO_PCI_GENERIC);
    }

    /** The kernel driver it was opened through, or null if it is not open. */
    KernelDriver openedThrough() {
        Opened now = opened;
        return now == null ? null : now.driver;
    }

    // ---- opening and closing ----

    /** @throws DeviceException it was removed meanwhile, and {@code how} is closed again */
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

    /** Keeps the device from our memory, if it can still be told. */
    void cutOff() {
        Opened now = opened;
        if (now != null) {
            config.turnBusMasterOff(now.access);
        }
    }

    /**
     * Lets the kernel have it back, on a thread of its own: that may take as long as a reset.
     * Idempotent.
     */
    void letGo() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
        }
        Thread thread = new Thread(this::closeAccess, "pci-close-" + name());
        thread.setDaemon(true);
        thread.start();
    }

    private void closeAccess() {
        try {
            Opened now = opened;
            if (now != null) {
                now.close();
            }
        } catch (RuntimeException e) {
            LOG.error("{}: could not be closed", this, e);
        } finally {
            closed.countDown();
        }
    }

    /** As {@link #letGo}, and waits a while for it. */
    void close() {
        cutOff();
        letGo();
        try {
            if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{}: its kernel driver has not let go of it within {} s", this,
                        CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private PciAccess access() throws DeviceException {
        Opened now = opened;
        if (now == null) {
            throw new DeviceException(this + ": is not open");
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
     * @throws IOException one of them stays as it is
     */
    synchronized void restoreWindows() throws IOException {
        Opened now = opened;
        if (now != null && !closing) {
            bars.restore(this, now.access);
            config.memoryWasAway();
        }
    }

    /** Whether a fault in one of its windows means that it is gone. */
    boolean isRemoval() {
        Opened now = opened;
        return now == null || now.faults.map(TransientFaults::isRemoval).orElse(true);
    }

    /** Whether it answers. */
    boolean isPresent() {
        Opened now = opened;
        return now != null
                && ConfigSpace.answers(now.access, function().physical().isPresent());
    }

    /** Whether its memory can be accessed. */
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

    /** On {@code interrupt}. */
    void interrupted() {
        interrupt.interrupted();
    }

    @Override
    public void requireReachable(DmaMemory memory) throws DeviceException {
        access().requireReachable(memory);
    }
}
