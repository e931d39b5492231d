// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.eth.QueueSetup;

/**
 * One device below its port. {@code AbstractEthDev} calls the steps below in the order set up,
 * start, stop, close, one at a time. Only the link and the statistics are read at any time.
 *
 * <p>The device may be gone at every step. The steps continue nevertheless: reads return all-ones,
 * writes have no effect, and every buffer is given back.
 */
final class AcmeDev extends AbstractEthDev<AcmeRxQueue, AcmeTxQueue> {
    /** The number of packets that the loop holds. */
    static final int RING = 1024;
    private static final QueueLimits LIMITS = new QueueLimits(1, 2, 1 << 15);
    private static final int SPEED_MBPS = 10_000;
    /** Locally administered; the number of the device sets the last two bytes. */
    private static final long MAC = 0x02_41_43_4d_00_00L;
    /** The shortest Ethernet frame, without its checksum. */
    private static final int FRAME = 60;
    private static final int MAC_BYTES = 6;

    private final String name;
    private final Registers registers;
    private final int packets;
    /** On the heap, so it stays when the device and its registers go. */
    private final MpmcRing ring = new MpmcRing(RING);
    private Mempool pool;

    private AcmeDev(String name, Registers registers, int packets) {
        super(new EthDevInfo(AcmeDriver.NAME, LocalMac.of(MAC, name), LIMITS));
        this.name = name;
        this.registers = registers;
        this.packets = packets;
    }

    /**
     * Creates the device.
     *
     * @throws DeviceException no device answers
     */
    static AcmeDev probe(String name, Registers registers, int packets) throws DeviceException {
        AcmeDev dev = new AcmeDev(name, registers, packets);
        dev.requirePresent();
        return dev;
    }

    private void requirePresent() throws DeviceException {
        if (registers.isAbsent()) {
            throw new DeviceException(name + ": its registers read all-ones: it was pulled out");
        }
    }

    @Override
    protected AcmeRxQueue createRxQueue(QueueSetup setup) {
        setPool(setup.pool());
        return new AcmeRxQueue(registers, ring, setup);
    }

    @Override
    protected AcmeTxQueue createTxQueue(QueueSetup setup) {
        setPool(setup.pool());
        return new AcmeTxQueue(registers, ring, setup);
    }

    /** Changes the pool. Drains the ring first, because its buffers belong to the old pool. */
    private void setPool(Mempool newPool) {
        if (newPool != pool) {
            drain();
            pool = newPool;
        }
    }

    /** Starts the device. Only this step may fail because the device is gone. */
    @Override
    protected void startDevice() throws DeviceException {
        requirePresent();
        fill();
        registers.write32(AcmeRegs.CTRL, AcmeRegs.CTRL_ENABLE);
    }

    /** Fills an empty loop with the number of packets that the devargs ask for. */
    private void fill() throws DeviceException {
        if (ring.size() > 0) {
            return;
        }
        long[] mbufs = new long[packets];
        int got = pool.get(mbufs, 0, packets);
        for (int i = 0; i < got; i++) {
            long data = Mbuf.data(mbufs[i]);
            RawMemory.fill(data, FRAME, (byte) 0);
            long mac = info().macAddress().value();
            for (int b = 0; b < MAC_BYTES; b++) {
                RawMemory.putByte(data + b, (byte) (mac >> 8 * (MAC_BYTES - 1 - b)));
            }
            Mbuf.setLength(mbufs[i], FRAME);
        }
        ring.offer(mbufs, 0, got);
        if (got < packets) {
            throw new DeviceException("%s: mempool %s has %s of the %s buffers for packets=%s"
                    .formatted(name, pool.name(), got, packets, packets));
        }
    }

    /** Stops the device; no burst is running. Keeps packets in the ring for the next start. */
    @Override
    protected void stopDevice() {
        registers.write32(AcmeRegs.CTRL, 0);
    }

    /** Gives all buffers back to the pool. A buffer that is forgotten here is lost for good. */
    @Override
    protected void closeDevice() {
        drain();
    }

    private void drain() {
        long[] mbufs = new long[RING];
        int n = ring.poll(mbufs, 0, RING);
        if (n > 0) {
            pool.mempools().uncached().free(mbufs, 0, n);
        }
    }

    @Override
    protected Link readLink() {
        int status = registers.read32(AcmeRegs.STATUS);
        return status != Registers.GONE && (status & AcmeRegs.STATUS_LINK) != 0
                ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }
}
