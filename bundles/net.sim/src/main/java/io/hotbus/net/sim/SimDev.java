// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver side of one NIC. */
final class SimDev implements EthDev {
    private static final Logger LOG = LoggerFactory.getLogger(SimDev.class);
    private static final int SPEED_MBPS = 100_000;

    private final SimBars bars;
    private final SimNic nic;
    private final EthDevInfo info;
    private final SimRxQueue[] rx;
    private final SimTxQueue[] tx;
    private final List<QueueCounters> rxCounters;
    private final List<QueueCounters> txCounters;
    private final SimCounter missed;
    private final SimCounter oversize;
    private final SimCounter sendFaults;
    private final SimCounter sentWithoutLink;
    private int portId;
    private volatile boolean closed;

    private SimDev(SimBars bars, SimNic nic, EthDevInfo info) {
        this.bars = bars;
        this.nic = nic;
        this.info = info;
        rx = new SimRxQueue[info.maxQueues()];
        tx = new SimTxQueue[info.maxQueues()];
        rxCounters = Stream.generate(QueueCounters::new).limit(rx.length).toList();
        txCounters = Stream.generate(QueueCounters::new).limit(tx.length).toList();
        missed = new SimCounter(bars.registers(), SimRegs.MPC);
        oversize = new SimCounter(bars.registers(), SimRegs.ROC);
        sendFaults = new SimCounter(bars.registers(), SimRegs.TXDMAERR);
        sentWithoutLink = new SimCounter(bars.registers(), SimRegs.TNLC);
    }

    /**
     * Resets the NIC and reads its address. Control thread.
     *
     * @throws DeviceException it does not answer
     */
    static SimDev probe(SimBars bars, SimNic nic, int queues) throws DeviceException {
        Mmio registers = bars.registers();
        registers.write32(SimRegs.CTRL, SimRegs.CTRL_RST);
        if (!bars.await(SimRegs.CTRL, SimRegs.CTRL_RST, 0)) {
            throw failure(bars, nic.name(), "CTRL.RST is not done");
        }
        int low = registers.read32(SimRegs.RAL);
        int high = registers.read32(SimRegs.RAH);
        if (high == SimRegs.GONE || (high & SimRegs.RAH_AV) == 0) {
            throw failure(bars, nic.name(), "RAH holds no address");
        }
        long mac = Long.reverseBytes(Integer.toUnsignedLong(low) | (long) high << Integer.SIZE)
                >>> Short.SIZE;
        return new SimDev(bars, nic, new EthDevInfo(SimDriver.NAME, mac, queues,
                SimRegs.MIN_DESCRIPTORS, SimRegs.MAX_DESCRIPTORS));
    }

    private static DeviceException failure(SimBars bars, String name, String what) {
        return new DeviceException(bars.isGone()
                ? name + ": its registers read all-ones: it was pulled out"
                : name + ": " + what + ": the hardware does not answer");
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
        drop(rx, index);
        rx[index] = new SimRxQueue(bars, index, descriptors, pool, portId, rxCounters.get(index));
        mapDma();
        return rx[index];
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) throws DeviceException {
        check("transmit", index, descriptors);
        drop(tx, index);
        tx[index] = new SimTxQueue(bars, index, descriptors, pool, txCounters.get(index));
        mapDma();
        return tx[index];
    }

    private void check(String kind, int index, int descriptors) throws DeviceException {
        if (closed || index < 0 || index >= rx.length) {
            throw new DeviceException("%s: no %s queue %s (%s)".formatted(nic.name(), kind, index,
                    closed ? "closed" : "queues=" + rx.length));
        }
        if (descriptors < SimRegs.MIN_DESCRIPTORS || descriptors > SimRegs.MAX_DESCRIPTORS
                || Integer.bitCount(descriptors) != 1) {
            throw new DeviceException("%s: %s descriptors: a power of two from %s to %s is needed"
                    .formatted(nic.name(), descriptors,
                            SimRegs.MIN_DESCRIPTORS, SimRegs.MAX_DESCRIPTORS));
        }
    }

    /** Queues are set up from 0 on, so those above {@code index} are of an earlier set-up, too. */
    private static void drop(SimQueue[] queues, int index) {
        for (int q = index; q < queues.length; q++) {
            if (queues[q] != null) {
                queues[q].close();
                queues[q] = null;
            }
        }
    }

    /** The NIC reaches the pools of the queues there are, and nothing else. */
    private void mapDma() {
        List<DmaMemory> memories = queues().map(SimQueue::pool).distinct()
                .map(Mempool::memory).toList();
        nic.mapDma(memories);
    }

    private Stream<SimQueue> queues() {
        return Stream.concat(Arrays.stream(rx), Arrays.stream(tx)).filter(Objects::nonNull);
    }

    @Override
    public void start() throws DeviceException {
        try {
            for (SimQueue queue : queues().toList()) {
                queue.start();
            }
            bars.registers().write32(SimRegs.CTRL, SimRegs.CTRL_SLU);
            if (!bars.await(SimRegs.STATUS, SimRegs.STATUS_SLU, SimRegs.STATUS_SLU)) {
                throw failure(bars, nic.name(), "CTRL.SLU has no effect");
            }
        } catch (DeviceException e) {
            stop();
            throw e;
        }
    }

    @Override
    public void stop() {
        if (closed) {
            return;
        }
        // The link first, so that no frame meets a queue that has stopped already.
        bars.registers().write32(SimRegs.CTRL, 0);
        bars.await(SimRegs.STATUS, SimRegs.STATUS_SLU, 0);
        for (SimQueue queue : queues().toList()) {
            if (!queue.stop() && !bars.isGone()) {
                LOG.warn("{}: {} does not stop: the hardware does not answer", nic.name(), queue);
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        stop();
        // From here on the NIC cannot write to a buffer, whatever state it is in.
        nic.mapDma(List.of());
        counters().forEach(SimCounter::freeze);
        closed = true;
        queues().forEach(SimQueue::close);
        Arrays.fill(rx, null);
        Arrays.fill(tx, null);
    }

    private Stream<SimCounter> counters() {
        return Stream.of(missed, oversize, sendFaults, sentWithoutLink);
    }

    @Override
    public Link link() {
        int status = closed ? SimRegs.GONE : bars.registers().read32(SimRegs.STATUS);
        return status != SimRegs.GONE && (status & SimRegs.STATUS_LU) != 0
                ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }

    @Override
    public EthStats stats() {
        EthStats software = QueueCounters.total(rxCounters, txCounters, missed.read());
        return new EthStats(software.rxPackets(), software.rxBytes(),
                software.rxErrors() + oversize.read(), software.missed(), software.noMbuf(),
                software.txPackets(), software.txBytes(),
                software.txErrors() + sendFaults.read());
    }

    @Override
    public void resetStats() {
        rxCounters.forEach(QueueCounters::reset);
        txCounters.forEach(QueueCounters::reset);
        counters().forEach(SimCounter::reset);
    }

    /** The queues are counted in software, and of the registers the last good value is kept. */
    @Override
    public boolean statsOutliveDevice() {
        return true;
    }

    @Override
    public Map<String, Long> xstats() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (int q = 0; q < rx.length; q++) {
            QueueCounters counters = rxCounters.get(q);
            values.put("rx_q" + q + "_packets", counters.packets());
            values.put("rx_q" + q + "_bytes", counters.bytes());
            values.put("rx_q" + q + "_errors", counters.errors());
        }
        for (int q = 0; q < tx.length; q++) {
            QueueCounters counters = txCounters.get(q);
            values.put("tx_q" + q + "_packets", counters.packets());
            values.put("tx_q" + q + "_bytes", counters.bytes());
        }
        values.put("rx_missed", missed.read());
        values.put("rx_oversize", oversize.read());
        values.put("tx_dma_errors", sendFaults.read());
        values.put("tx_no_link", sentWithoutLink.read());
        return values;
    }
}
