// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.util.Collection;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The hardware side of one NIC. It has its own mapping of the memory, and sees only what the driver
 * writes there.
 *
 * <p>Thread {@code sim-hw} unless stated otherwise; other threads use {@link SimEngine#call}.
 */
final class SimNic {
    /** Frames that a transmit queue may send before the next queue's turn. */
    private static final int BUDGET = 64;

    private final String name;
    private final SimArgs args;
    private final Linux linux;
    private final SimEngine engine;
    private final Executor interrupts;
    private final int fd;
    /** The address of BAR0 in this mapping; BAR2 follows. 0 once unmapped. */
    private long bar0;

    private final SimIommu iommu = new SimIommu();
    private final SimNicRx[] rx;
    private final SimNicTx[] tx;
    private final SimNicCounters counters;
    private SimNic peer;
    /** Receive queues that run, from queue 0 on without a gap. */
    private int receiving;
    private int control;
    private boolean linkUp;
    private volatile Runnable linkInterrupt = () -> { };
    /** By receive queue. */
    private final AtomicReferenceArray<Runnable> packetInterrupts;

    /**
     * A NIC with power on and in reset. Control thread.
     *
     * @param interrupts runs the driver's handler when the link changes
     */
    SimNic(String name, SimArgs args, Linux linux, SimEngine engine, Executor interrupts)
            throws LinuxException {
        this.name = name;
        this.args = args;
        this.linux = linux;
        this.engine = engine;
        this.interrupts = interrupts;
        long length = SimRegs.BAR0_LENGTH + SimRegs.BAR2_LENGTH;
        fd = linux.memfd(name, length);
        try {
            bar0 = linux.map(name + " hardware", length, fd, 0);
        } catch (LinuxException e) {
            linux.close(fd);
            throw e;
        }
        counters = new SimNicCounters(bar0);
        rx = new SimNicRx[args.queues()];
        tx = new SimNicTx[args.queues()];
        packetInterrupts = new AtomicReferenceArray<>(args.queues());
        long bar2 = bar0 + SimRegs.BAR0_LENGTH;
        for (int q = 0; q < rx.length; q++) {
            rx[q] = new SimNicRx(bar0 + SimRegs.rxQueue(q), bar2, iommu, counters);
            tx[q] = new SimNicTx(bar0 + SimRegs.txQueue(q), bar2, iommu, counters);
        }
        reset();
    }

    /** Any thread. */
    String name() {
        return name;
    }

    /** Any thread. */
    SimArgs args() {
        return args;
    }

    /** The memfd: BAR0, and BAR2 after it. Open until {@link #close}. Any thread. */
    int fd() {
        return fd;
    }

    /** Runs {@code handler}, on another thread, whenever the link has changed. Any thread. */
    void onLinkChange(Runnable handler) {
        linkInterrupt = handler;
    }

    /** Runs {@code handler}, on another thread, for the interrupt of a queue. Any thread. */
    void onPacket(int queue, Runnable handler) {
        packetInterrupts.set(queue, handler);
    }

    /**
     * Lets the NIC reach {@code memories} and nothing else. When it returns no access to any other
     * memory is under way. Control threads.
     */
    void mapDma(Collection<DmaMemory> memories) {
        long[] table = SimIommu.table(memories);
        engine.call(() -> iommu.replace(table));
    }

    /**
     * Removes the memory: the next access from anywhere is a SIGBUS. Control thread, after {@link
     * SimEngine#remove}.
     *
     * @return the time, on the clock of {@link System#nanoTime}
     */
    long vanish() throws LinuxException {
        unmap();
        long time = System.nanoTime();
        linux.truncate(fd, 0);
        return time;
    }

    /** Power off. Control thread, after {@link SimEngine#remove}. */
    void close() throws LinuxException {
        try {
            unmap();
        } finally {
            linux.close(fd);
        }
    }

    private void unmap() throws LinuxException {
        if (bar0 != 0) {
            long address = bar0;
            bar0 = 0;
            linux.unmap(address, SimRegs.BAR0_LENGTH + SimRegs.BAR2_LENGTH);
        }
    }

    /** Puts a wire between this NIC and {@code other}, which may be itself (a loopback plug). */
    void wire(SimNic other) {
        peer = other;
        other.peer = this;
        refreshLink();
    }

    /** Takes the wire out at both ends. */
    void unwire() {
        SimNic other = peer;
        if (other != null) {
            peer = null;
            other.peer = null;
            other.refreshLink();
            refreshLink();
        }
    }

    /** Reads the registers once and moves the waiting frames; returns how many. */
    int step() {
        refreshQueues();
        int written = RawMemory.getIntVolatile(bar0 + SimRegs.CTRL);
        if (written != control) {
            control(written);
        }
        SimNic receiver = linkUp ? peer : null;
        int moved = 0;
        for (int q = 0; q < tx.length; q++) {
            moved += tx[q].transmit(receiver, q, BUDGET);
        }
        return moved;
    }

    private void refreshQueues() {
        receiving = 0;
        for (int q = 0; q < rx.length; q++) {
            rx[q].refresh();
            tx[q].refresh();
            if (receiving == q && rx[q].running()) {
                receiving++;
            }
        }
    }

    /**
     * Receives a frame of transmit queue {@code queue} at the other end of the wire.
     *
     * @return false: hold the frame back, there is no free descriptor
     */
    boolean receive(int queue, SimFrame frame) {
        if (receiving == 0) {
            counters.missed();
            return true;
        }
        if (frame.length() > RawMemory.getIntVolatile(bar0 + SimRegs.RLPML)) {
            counters.oversize();
            return true;
        }
        return rx[queue % receiving].receive(frame, args.flowControl());
    }

    /** Shows the driver what {@link #receive} has counted. */
    void publishReceived(int queue) {
        if (receiving > 0) {
            int to = queue % receiving;
            rx[to].publish();
            if (rx[to].raisesInterrupt()) {
                interrupts.execute(packetInterrupts.get(to));
            }
        }
        counters.publishReceived();
    }

    private void control(int written) {
        if ((written & SimRegs.CTRL_RST) != 0) {
            reset();
        } else {
            control = written;
            refreshLink();
        }
    }

    /**
     * Sets every register to its reset value and takes the link down. CTRL.RST reads as 0 last,
     * because the driver waits for that.
     */
    private void reset() {
        for (int q = 0; q < rx.length; q++) {
            rx[q].reset();
            tx[q].reset();
        }
        receiving = 0;
        counters.reset();
        RawMemory.fill(bar0 + SimRegs.STATUS, SimRegs.BAR0_LENGTH - SimRegs.STATUS, (byte) 0);
        long mac = Long.reverseBytes(args.macAddress() << Short.SIZE);
        RawMemory.putIntRelease(bar0 + SimRegs.RAL, (int) mac);
        RawMemory.putIntRelease(bar0 + SimRegs.RAH, (int) (mac >>> Integer.SIZE) | SimRegs.RAH_AV);
        control = 0;
        refreshLink();
        RawMemory.putIntRelease(bar0 + SimRegs.CTRL, 0);
    }

    private boolean isOn() {
        return (control & SimRegs.CTRL_SLU) != 0;
    }

    /**
     * The link is up when both ends have set it up. Both STATUS registers show it before an
     * interrupt is raised, this NIC's last: a driver that has just written CTRL waits for it.
     */
    private void refreshLink() {
        boolean up = peer != null && isOn() && peer.isOn();
        boolean peerChanged = peer != null && peer != this && peer.showLink(up);
        if (showLink(up)) {
            interrupts.execute(linkInterrupt);
        }
        if (peerChanged) {
            peer.interrupts.execute(peer.linkInterrupt);
        }
    }

    /** Whether it is a change. */
    private boolean showLink(boolean up) {
        boolean changed = linkUp != up;
        linkUp = up;
        publishStatus();
        return changed;
    }

    private void publishStatus() {
        RawMemory.putIntRelease(bar0 + SimRegs.STATUS, SimRegs.STATUS_FD
                | (linkUp ? SimRegs.STATUS_LU : 0) | (isOn() ? SimRegs.STATUS_SLU : 0));
    }
}
