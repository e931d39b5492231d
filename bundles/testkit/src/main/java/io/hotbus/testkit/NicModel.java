// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Base of the model of a NIC: BARs in shared memory, and a thread that acts as the hardware. The
 * hardware communicates with the driver only through the BARs and through the memory that it
 * reaches with {@link #translate}.
 *
 * <p>A model implements the chip in {@link #reset} and {@link #step}, and its constructor ends with
 * {@link #start}. The registers are plain memory: a read does not clear a register, and no register
 * is read-only.
 *
 * <p>The thread of the test and the model call the methods. The hardware makes no step while a
 * synchronized method of the model runs.
 */
@ConsumerType
public abstract class NicModel implements AutoCloseable {
    /** The values that reads return after the device has vanished. */
    public enum Vanished {
        /** All-ones, as from a PCIe slot in which no device answers. */
        ALL_ONES,
        /** Zeros, as from a bridge that has replaced the device's memory. */
        ZEROS
    }

    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private record Bar(int fd, long address, long length) {
    }

    /** The register bits that make the device vanish before the next step. */
    private record Trigger(long register, int bits, Vanished as) {
    }

    private final Linux linux;
    private final TestDma memory;
    private final Bar[] bars;
    private final Thread thread;
    private final Queue<String> violations = new ConcurrentLinkedQueue<>();
    private volatile boolean ending;
    private volatile Runnable onVanish = () -> { };
    private boolean gone;
    /** Null if the device does not vanish by itself. */
    private volatile Trigger trigger;

    /**
     * Creates the BARs, which read as zeros.
     *
     * @param name       the name of the memory and of the thread
     * @param memory     the memory that the hardware reaches by DMA
     * @param barLengths the bytes of each BAR, whole pages
     */
    protected NicModel(String name, TestDma memory, long... barLengths) throws LinuxException {
        this.linux = TestOs.linux();
        this.memory = memory;
        this.bars = new Bar[barLengths.length];
        for (int i = 0; i < bars.length; i++) {
            final int fd = linux.memfd(name, barLengths[i]);
            bars[i] = new Bar(fd, linux.map(name, barLengths[i], fd, 0), barLengths[i]);
        }
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    /** Resets the chip and starts the hardware; the last statement of a model's constructor. */
    protected final void start() {
        synchronized (this) {
            reset();
        }
        thread.start();
    }

    /** Sets every register to its value after a reset. Called with the model's monitor held. */
    protected abstract void reset();

    /**
     * Performs the next action of the chip, if there is one. Called on the hardware's thread with
     * the model's monitor held.
     *
     * @return whether there was something to do; otherwise the thread pauses for a moment
     */
    protected abstract boolean step();

    /** The file descriptor of a BAR's memory, to map a window from. */
    public final int fd(int bar) {
        return bars[bar].fd();
    }

    /** The length of a BAR in bytes. */
    public final long length(int bar) {
        return bars[bar].length();
    }

    /** Reads a register of BAR 0, as the hardware does. */
    public final int get(long register) {
        return get(0, register);
    }

    /** Writes a register of BAR 0, as the hardware does. */
    public final void set(long register, int value) {
        set(0, register, value);
    }

    /**
     * Reads a register of any BAR, as the hardware does. The bits that make the device vanish are
     * not read: the driver may set them in the middle of a step, and the step must not act on them.
     */
    public final int get(int bar, long register) {
        final int value = read(bar, register);
        final Trigger pending = trigger;
        return pending == null || bar != 0 || register != pending.register() ? value
                : value & ~pending.bits();
    }

    private int read(int bar, long register) {
        return RawMemory.getIntVolatile(bars[bar].address() + register);
    }

    /** Writes a register of any BAR, as the hardware does. */
    public final void set(int bar, long register, int value) {
        RawMemory.putIntRelease(bars[bar].address() + register, value);
    }

    /**
     * Reads a register of BAR 0 and sets it to zero, at once: no write of the driver in between is
     * lost. For registers whose bits take effect when they are written.
     */
    protected final int take(long register) {
        final long aligned = bars[0].address() + (register & -Long.BYTES);
        final int shift = (int) (register & Integer.BYTES) * Byte.SIZE;
        while (true) {
            final int value = get(register);
            final long part = Integer.toUnsignedLong(value) << shift;
            if (value == 0 || (int) (RawMemory.getAndAddLong(aligned, -part) >>> shift) == value) {
                return value;
            }
            // The driver has written in between: as it was, and once more.
            RawMemory.getAndAddLong(aligned, part);
        }
    }

    /** The rules that the driver has broken, in words; empty if none. */
    public final Queue<String> violations() {
        return violations;
    }

    /**
     * Translates an IOVA that the driver has given to the device.
     *
     * @param what the thing at that address, for the words of a violation
     * @return the virtual address, or {@link TestDma#FAULT}, which counts as a violation
     */
    protected final long translate(String what, long iova, int length) {
        final long address = memory.translate(iova, length);
        if (address == TestDma.FAULT) {
            violations.add("%s at %#x: no memory of the driver's".formatted(what, iova));
        }
        return address;
    }

    /** Whether the device was removed; its BARs must not be accessed then. Monitor held. */
    protected final boolean isGone() {
        return gone;
    }

    /** Sets an action to run at the moment the device vanishes. */
    public final void onVanish(Runnable action) {
        onVanish = action;
    }

    /** Removes the device: it stops working, and its BARs read as {@code as}. */
    public final synchronized void vanish(Vanished as) {
        gone = true;
        trigger = null;
        onVanish.run();
        for (Bar bar : bars) {
            RawMemory.fill(bar.address(), bar.length(), (byte) (as == Vanished.ALL_ONES ? -1 : 0));
        }
    }

    /** Makes the device vanish as soon as the driver sets one of {@code bits} of a register. */
    public final synchronized void vanishOn(long register, int bits, Vanished as) {
        trigger = new Trigger(register, bits, as);
    }

    /** Removes the device: the next access to a BAR raises SIGBUS. */
    public final synchronized void yank() {
        gone = true;
        trigger = null;
        resize(0);
    }

    /** Puts the device back in its state after a reset. */
    public final synchronized void comeBack() {
        resize(1);
        gone = false;
        trigger = null;
        reset();
    }

    /** Sets the length of the memory of each BAR to {@code times} the length of the BAR. */
    private void resize(int times) {
        try {
            for (Bar bar : bars) {
                linux.truncate(bar.fd(), times * bar.length());
            }
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Resets the device, as another driver or an administrator could. */
    public final synchronized void resetByOthers() {
        reset();
    }

    private void run() {
        while (!ending) {
            if (!stepUnlessGone()) {
                LockSupport.parkNanos(IDLE_NANOS);
            }
        }
    }

    private synchronized boolean stepUnlessGone() {
        if (gone) {
            return false;
        }
        final Trigger pending = trigger;
        if (pending != null && (read(0, pending.register()) & pending.bits()) != 0) {
            vanish(pending.as());
            return false;
        }
        return step();
    }

    /** Ends the hardware and frees the BARs. Windows on the BARs must be released before. */
    @Override
    public final void close() throws LinuxException {
        ending = true;
        Await.until(thread.getName() + " has ended", () -> !thread.isAlive());
        for (Bar bar : bars) {
            linux.unmap(bar.address(), bar.length());
            linux.close(bar.fd());
        }
    }

    @Override
    public final String toString() {
        return thread.getName();
    }
}
