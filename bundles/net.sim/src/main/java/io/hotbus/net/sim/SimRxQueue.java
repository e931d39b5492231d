// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;
import java.util.function.Consumer;

/** A receive queue. */
final class SimRxQueue extends RxRing implements SimQueue {
    private final SimRing ring;
    private final int bufferSize;
    private final Consumer<Runnable> interrupt;
    /** All-ones was read where that cannot be. Until the queue is started again. */
    private boolean gone;
    /** How often an interrupt was asked for. */
    private int interrupts;

    /** {@code interrupt} takes what is to be run for the interrupt of the queue. */
    SimRxQueue(SimBars bars, String device, QueueSetup setup, Consumer<Runnable> interrupt) {
        super(setup, device + " receive queue " + setup.index());
        this.ring = new SimRing(bars, SimRegs.rxQueue(setup.index()), 2 * setup.index(),
                setup.descriptors());
        this.interrupt = interrupt;
        this.bufferSize = Math.min(setup.pool().dataRoom(), SimRegs.MAX_FRAME);
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (gone) {
            return 0;
        }
        int received = 0;
        long bytes = 0;
        while (received < count && owned > 0) {
            long done = ring.word(first);
            if ((done & SimDescriptor.DD) == 0) {
                break;
            }
            if (done == Registers.GONE64) {
                gone = true;
                break;
            }
            long packet = receive(caches, done);
            if (packet != 0) {
                mbufs[received++] = packet;
                bytes += Mbuf.length(packet);
            }
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        if (!gone) {
            refill(caches);
        }
        return received;
    }

    /** Takes the next buffer. Returns the packet that ends in it; 0 if none does. */
    private long receive(MempoolCaches caches, long done) {
        int length = (int) (done & SimDescriptor.LENGTH_MASK);
        long flags = done & (SimDescriptor.RX_EOP | SimDescriptor.RX_RXE);
        boolean valid = length <= bufferSize && (flags & SimDescriptor.RX_RXE) == 0;
        long mbuf = take();
        if (flags == SimDescriptor.RX_EOP && length != 0 && valid && begins()) {
            Mbuf.received(mbuf, length, portId);
            return mbuf;
        }
        return join(caches, mbuf, valid ? length : 0, (flags & SimDescriptor.RX_EOP) != 0);
    }

    @Override
    public boolean wakeOnPacket(Runnable wake) {
        interrupt.accept(wake);
        ring.askForInterrupt(++interrupts);
        if (gone || owned > 0 && (ring.word(first) & SimDescriptor.DD) != 0) {
            wake.run();
        }
        return true;
    }

    @Override
    protected void arm(int index, int count) {
        for (int i = 0; i < count; i++) {
            int at = (index + i) & mask;
            ring.write(at, Mbuf.receiveIova(buffers[at]), 0);
        }
    }

    @Override
    protected void ringDoorbell(int tail) {
        ring.doorbell(tail);
    }

    @Override
    public void start() throws DeviceException {
        gone = false;
        ring.clear();
        int tail = fill();
        ring.enable(bufferSize, toString());
        ring.doorbell(tail);
    }

    @Override
    public boolean stop() {
        return ring.disable();
    }
}
