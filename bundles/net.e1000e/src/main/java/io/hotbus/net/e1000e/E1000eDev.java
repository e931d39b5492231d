// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One 82574 as a port sees it: a receive and a transmit queue.
 *
 * <p>It is reset at every start, which is what makes it forget the descriptors it has fetched. From
 * stop to start it makes no request to memory; nor does it from close on, before any buffer goes
 * back to its pool.
 */
final class E1000eDev implements EthDev {
    private static final Logger LOG = LoggerFactory.getLogger(E1000eDev.class);
    private static final int TCTL = E1000eRegs.TCTL_EN | E1000eRegs.TCTL_PSP
            | E1000eRegs.TCTL_CT_COLD | E1000eRegs.TCTL_RTLC | E1000eRegs.TCTL_MULR;
    private static final int[] SPEEDS_MBPS = {10, 100, 1000, 1000};

    private final E1000eChip chip;
    private final DmaAllocator allocator;
    private final EthDevInfo info;
    private final E1000eCounters registers;
    private final E1000eLiveSetup setup = new E1000eLiveSetup();
    private final QueueCounters rxCounters = new QueueCounters();
    private final QueueCounters txCounters = new QueueCounters();
    private E1000eRxQueue rx;
    private E1000eTxQueue tx;
    private int portId;
    private boolean promiscuous;
    private volatile boolean interrupt;
    private volatile boolean closed;

    private E1000eDev(E1000eChip chip, DmaAllocator allocator, EthDevInfo info) {
        this.chip = chip;
        this.allocator = allocator;
        this.info = info;
        this.registers = new E1000eCounters(chip);
    }

    /**
     * Resets the chip and reads its address. Control thread.
     *
     * @throws DeviceException it does not answer
     */
    static E1000eDev probe(E1000eChip chip, DmaAllocator allocator) throws DeviceException {
        chip.reset();
        return new E1000eDev(chip, allocator, new EthDevInfo(E1000eDriver.NAME, chip.macAddress(),
                1, E1000eRegs.MIN_DESCRIPTORS, E1000eRegs.MAX_DESCRIPTORS));
    }

    @Override
    public EthDevInfo info() {
        return info;
    }

    @Override
    public void portAssigned(int id) {
        portId = id;
    }

    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) throws DeviceException {
        check("receive", index, descriptors);
        if (rx != null) {
            rx.close();
            rx = null;
        }
        rx = E1000eRxQueue.create(chip, descriptors, pool, allocator, portId, rxCounters);
        return rx;
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) throws DeviceException {
        check("transmit", index, descriptors);
        if (tx != null) {
            tx.close();
            tx = null;
        }
        tx = new E1000eTxQueue(chip, descriptors, pool, allocator, txCounters);
        return tx;
    }

    private void check(String kind, int index, int descriptors) throws DeviceException {
        if (closed || index != 0) {
            throw new DeviceException("%s: no %s queue %s (%s)".formatted(chip.device(), kind,
                    index, closed ? "closed" : "it has one"));
        }
        if (descriptors < E1000eRegs.MIN_DESCRIPTORS || descriptors > E1000eRegs.MAX_DESCRIPTORS
                || Integer.bitCount(descriptors) != 1) {
            throw new DeviceException("%s: %s descriptors: a power of two from %s to %s is needed"
                    .formatted(chip.device(), descriptors,
                            E1000eRegs.MIN_DESCRIPTORS, E1000eRegs.MAX_DESCRIPTORS));
        }
    }

    @Override
    public void start() throws DeviceException {
        if (closed || rx == null || tx == null) {
            throw new DeviceException(chip.device() + (closed
                    ? ": is closed" : ": has no queues to be started with"));
        }
        try {
            registers.collect();
            chip.reset();
            rx.prepare();
            tx.prepare();
            chip.device().setBusMaster(true);
            chip.write(E1000eRegs.TIPG, E1000eRegs.TIPG_COPPER);
            chip.write(E1000eRegs.TCTL, TCTL);
            chip.write(E1000eRegs.RCTL, rctl());
            rx.handOver();
            if (interrupt) {
                chip.enableInterrupt();
            }
            chip.requireAnswer("does not answer after it was started");
            setup.begin(E1000eSetup.of(rctl(), TCTL, rx, tx));
        } catch (DeviceException e) {
            stop();
            throw e;
        }
    }

    /** With what the chip was set up, while it is started. */
    E1000eLiveSetup setup() {
        return setup;
    }

    private int rctl() {
        int promiscuity = promiscuous ? E1000eRegs.RCTL_UPE | E1000eRegs.RCTL_MPE : 0;
        return E1000eRegs.RCTL_EN | E1000eRegs.RCTL_BAM | E1000eRegs.RCTL_SECRC | rx.bsize()
                | promiscuity;
    }

    @Override
    public void stop() {
        if (closed) {
            return;
        }
        setup.end();
        if (chip.device().isGone()) {
            return;
        }
        chip.write(E1000eRegs.RCTL, 0);
        chip.write(E1000eRegs.TCTL, E1000eRegs.TCTL_PSP);
        boolean ended = chip.stopDma();
        boolean silent = chip.isSilent();
        if (!ended || silent) {
            busMasterOff();
        }
        if (!ended && !silent) {
            LOG.warn("{}: its DMA has not ended within {} ms: bus mastering is turned off",
                    chip.device(), chip.stopLimit().toMillis());
        }
    }

    /** Fails only where the device is gone, and then it makes no request either. */
    private void busMasterOff() {
        try {
            chip.device().setBusMaster(false);
        } catch (DeviceException e) {
            LOG.debug("{}", e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        stop();
        busMasterOff();
        registers.freeze();
        closed = true;
        if (rx != null) {
            rx.close();
            rx = null;
        }
        if (tx != null) {
            tx.close();
            tx = null;
        }
    }

    /** Control thread, in probe: the link interrupt is wanted, now and after each start. */
    void enableInterrupt() {
        interrupt = true;
        chip.enableInterrupt();
    }

    @Override
    public Link link() {
        return closed ? Link.DOWN : link(chip.read(E1000eRegs.STATUS));
    }

    /** What a value of STATUS says of the link. */
    static Link link(int status) {
        if (status == E1000eRegs.GONE || (status & E1000eRegs.STATUS_LU) == 0) {
            return Link.DOWN;
        }
        int speed = (status & E1000eRegs.STATUS_SPEED) >> E1000eRegs.STATUS_SPEED_SHIFT;
        return new Link(true, SPEEDS_MBPS[speed], (status & E1000eRegs.STATUS_FD) != 0);
    }

    /** As DPDK adds them up for this chip. */
    @Override
    public EthStats stats() {
        registers.collect();
        EthStats software = QueueCounters.total(List.of(rxCounters), List.of(txCounters),
                registers.sum(E1000eCounter.MPC));
        long rxErrors = registers.sum(E1000eCounter.CRCERRS, E1000eCounter.ALGNERRC,
                E1000eCounter.RXERRC, E1000eCounter.RLEC);
        long txErrors = registers.sum(E1000eCounter.ECOL, E1000eCounter.LATECOL);
        return new EthStats(software.rxPackets(), software.rxBytes(),
                software.rxErrors() + rxErrors, software.missed(), software.noMbuf(),
                software.txPackets(), software.txBytes(), software.txErrors() + txErrors);
    }

    @Override
    public void resetStats() {
        rxCounters.reset();
        txCounters.reset();
        registers.reset();
    }

    /** The queues are counted in software, and of the registers the last sum is kept. */
    @Override
    public boolean statsOutliveDevice() {
        return true;
    }

    @Override
    public Map<String, Long> xstats() {
        registers.collect();
        Map<String, Long> values = new LinkedHashMap<>();
        values.put("rx_q0_packets", rxCounters.packets());
        values.put("rx_q0_bytes", rxCounters.bytes());
        values.put("rx_q0_errors", rxCounters.errors());
        values.put("tx_q0_packets", txCounters.packets());
        values.put("tx_q0_bytes", txCounters.bytes());
        values.put("tx_q0_errors", txCounters.errors());
        for (E1000eCounter counter : E1000eCounter.values()) {
            values.put(counter.text(), registers.sum(counter));
        }
        return values;
    }

    @Override
    public void setPromiscuous(boolean on) {
        promiscuous = on;
        if (setup.end()) {
            chip.write(E1000eRegs.RCTL, rctl());
            setup.begin(E1000eSetup.of(rctl(), TCTL, rx, tx));
        }
    }
}
