// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.ring.MpmcRing;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.List;

/**
 * One device as its port sees it. Called by the port alone, one call at a time, in the order
 * {@code EthDev} says: set up, start, stop, close. Only the statistics and the link are read at any
 * time, by any thread.
 *
 * <p>The device may be gone in each of these, and nothing is done about it but to go on: reads give
 * all-ones, writes go nowhere, every buffer is given back all the same.
 */
final class AcmeDev implements EthDev {
    /** Packets the loop holds. */
    static final int RING = 1024;
    private static final int MIN_DESCRIPTORS = 2;
    private static final int MAX_DESCRIPTORS = 1 << 15;
    private static final int SPEED_MBPS = 10_000;
    /** Locally administered; the device's number makes the last two bytes. */
    private static final long MAC = 0x02_41_43_4d_00_00L;
    /** The shortest Ethernet frame, without its checksum. */
    private static final int FRAME = 60;
    private static final int MAC_BYTES = 6;

    private final String name;
    private final Mmio registers;
    private final int packets;
    /** On heap, and so it does not go with the device: it is the registers that do. */
    private final MpmcRing ring = new MpmcRing(RING);
    /** Kept for as long as the device, so that setting up a queue again loses no count. */
    private final QueueCounters rxCounters = new QueueCounters();
    private final QueueCounters txCounters = new QueueCounters();
    private Mempool pool;
    private int portId;
    /** After this no access: the window is unmapped next. */
    private volatile boolean closed;

    private AcmeDev(String name, Mmio registers, int packets) {
        this.name = name;
        this.registers = registers;
        this.packets = packets;
    }

    /** @throws DeviceException nobody answers */
    static AcmeDev probe(String name, Mmio registers, int packets) throws DeviceException {
        AcmeDev dev = new AcmeDev(name, registers, packets);
        dev.requirePresent();
        return dev;
    }

    private void requirePresent() throws DeviceException {
        if (registers.read32(AcmeRegs.STATUS) == AcmeRegs.GONE) {
            throw new DeviceException(name + ": its registers read all-ones: it was pulled out");
        }
    }

    @Override
    public EthDevInfo info() {
        return new EthDevInfo(AcmeDriver.NAME, mac(), 1, MIN_DESCRIPTORS, MAX_DESCRIPTORS);
    }

    /** The same whenever the device is attached again. */
    private long mac() {
        int number = name.chars().skip(AcmeDriver.NAME.length())
                .map(digit -> digit - '0').reduce(0, (n, digit) -> n * 10 + digit);
        return MAC | number & 0xffff;
    }

    @Override
    public void portAssigned(int id) {
        portId = id;
    }

    /** {@code descriptors} are not needed: the ring is as long as it is. */
    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool newPool) {
        setPool(newPool);
        return new AcmeRxQueue(registers, ring, portId, rxCounters);
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool newPool) {
        setPool(newPool);
        return new AcmeTxQueue(registers, ring, txCounters);
    }

    /** What is in the ring belongs to the pool it was set up with before. */
    private void setPool(Mempool newPool) {
        if (newPool != pool) {
            drain();
            pool = newPool;
        }
    }

    /** The one call that may fail because the device is gone. */
    @Override
    public void start() throws DeviceException {
        requirePresent();
        fill();
        registers.write32(AcmeRegs.CTRL, AcmeRegs.CTRL_ENABLE);
    }

    /** Puts as many packets into the loop as the devargs ask for, if it is empty. */
    private void fill() throws DeviceException {
        if (ring.size() > 0) {
            return;
        }
        long[] mbufs = new long[packets];
        int got = pool.get(mbufs, 0, packets);
        for (int i = 0; i < got; i++) {
            long data = Mbuf.data(mbufs[i]);
            RawMemory.fill(data, FRAME, (byte) 0);
            for (int b = 0; b < MAC_BYTES; b++) {
                RawMemory.putByte(data + b, (byte) (mac() >> 8 * (MAC_BYTES - 1 - b)));
            }
            Mbuf.setLength(mbufs[i], FRAME);
        }
        ring.offer(mbufs, 0, got);
        if (got < packets) {
            throw new DeviceException("%s: mempool %s has %s of the %s buffers for packets=%s"
                    .formatted(name, pool.name(), got, packets, packets));
        }
    }

    /** No thread is in a burst any more. Packets in the ring are kept for the next start. */
    @Override
    public void stop() {
        if (!closed) {
            registers.write32(AcmeRegs.CTRL, 0);
        }
    }

    /** All buffers go back to their pool: one that is forgotten here is lost for good. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        stop();
        closed = true;
        drain();
    }

    private void drain() {
        long[] mbufs = new long[RING];
        int n = ring.poll(mbufs, 0, RING);
        if (n > 0) {
            pool.put(mbufs, 0, n);
        }
    }

    @Override
    public Link link() {
        int status = closed ? AcmeRegs.GONE : registers.read32(AcmeRegs.STATUS);
        return status != AcmeRegs.GONE && (status & AcmeRegs.STATUS_LINK) != 0
                ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }

    @Override
    public EthStats stats() {
        return QueueCounters.total(List.of(rxCounters), List.of(txCounters), 0);
    }

    @Override
    public void resetStats() {
        rxCounters.reset();
        txCounters.reset();
    }

    /** All is counted in software. A driver that reads registers keeps their last, or says no. */
    @Override
    public boolean statsOutliveDevice() {
        return true;
    }
}
