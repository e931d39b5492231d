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
 * The model of a NIC: BARs in shared memory, and a thread that is the hardware. The hardware knows
 * the driver by the BARs alone, and by the memory that it reaches through {@link #translate}.
 *
 * <p>A model says what the chip does in {@link #reset} and {@link #step}, and its constructor ends
 * with {@link #start}. What memory cannot do is not modelled: no register is cleared by reading it,
 * and none is read-only.
 *
 * <p>The methods are for the thread of the test, and for the model. The hardware makes no step
 * while a synchronized method of the model runs.
 */
@ConsumerType
public abstract class NicModel implements AutoCloseable {
    /** What is read where the device was. */
    public enum Vanished {
        /** All-ones, as from a PCIe slot in which no device answers. */
        ALL_ONES,
        /** Zeros, as from a bridge that has replaced the device's memory. */
        ZEROS
    }

    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

    private record Bar(int fd, long address, long length) {
    }

    /** What a register must hold for the device to vanish before the next step. */
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
    /** Null: the device does not vanish by itself. */
    private Trigger trigger;

    /**
     * Makes the BARs, which read as zeros.
     *
     * @param name       of the memory and of the thread
     * @param memory     what the hardware reaches by DMA
     * @param barLengths bytes of each BAR, whole pages
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

    /** Puts every register to its value after a reset. The model's monitor is held. */
    protected abstract void reset();

    /**
     * Does the next thing that the chip does, if there is any. The hardware's thread; the model's
     * monitor is held.
     *
     * @return whether there was something to do; else the thread rests for a moment
     */
    protected abstract boolean step();

    /** The descriptor of a BAR's memory, from which a driver's window is mapped. */
    public final int fd(int bar) {
        return bars[bar].fd();
    }

    /** Bytes of a BAR. */
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

    /** Reads a register of any BAR, as the hardware does. */
    public final int get(int bar, long register) {
        return RawMemory.getIntVolatile(bars[bar].address() + register);
    }

    /** Writes a register of any BAR, as the hardware does. */
    public final void set(int bar, long register, int value) {
        RawMemory.putIntRelease(bars[bar].address() + register, value);
    }

    /** What the driver did that it must not do, in words; empty: nothing. */
    public final Queue<String> violations() {
        return violations;
    }

    /**
     * Translates an IOVA that the driver wrote somewhere.
     *
     * @param what what is there, for the words of a violation
     * @return the virtual address, or {@link TestDma#FAULT}, which is a violation
     */
    protected final long translate(String what, long iova, int length) {
        final long address = memory.translate(iova, length);
        if (address == TestDma.FAULT) {
            violations.add("%s at %#x: no memory of the driver's".formatted(what, iova));
        }
        return address;
    }

    /** Runs {@code action} at the moment the device vanishes. */
    public final void onVanish(Runnable action) {
        onVanish = action;
    }

    /** Takes the device away: it does nothing more, and its BARs read as {@code as}. */
    public final synchronized void vanish(Vanished as) {
        gone = true;
        trigger = null;
        onVanish.run();
        for (Bar bar : bars) {
            RawMemory.fill(bar.address(), bar.length(), (byte) (as == Vanished.ALL_ONES ? -1 : 0));
        }
    }

    /** Lets the device vanish as soon as the driver has set one of {@code bits} of a register. */
    public final synchronized void vanishOn(long register, int bits, Vanished as) {
        trigger = new Trigger(register, bits, as);
    }

    /** Takes the device away: the next access to a BAR raises SIGBUS. */
    public final synchronized void yank() {
        gone = true;
        trigger = null;
        resize(0);
    }

    /** Puts the device back, as it is after a reset. */
    public final synchronized void comeBack() {
        resize(1);
        gone = false;
        trigger = null;
        reset();
    }

    /** {@code times} the length that a BAR has. */
    private void resize(int times) {
        try {
            for (Bar bar : bars) {
                linux.truncate(bar.fd(), times * bar.length());
            }
        } catch (LinuxException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Resets the device, as another driver or an administrator does. */
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
        if (trigger != null && (get(trigger.register()) & trigger.bits()) != 0) {
            vanish(trigger.as());
            return false;
        }
        return step();
    }

    /** Ends the hardware and frees the BARs; windows on these are released before. */
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
