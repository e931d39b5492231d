// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilterLimits;
import io.hotbus.pmd.RegisterCounters;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.AbstractEthDev;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver side of one NIC. */
final class SimDev extends AbstractEthDev<SimRxQueue, SimTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(SimDev.class);
    private static final int SPEED_MBPS = 100_000;

    private final SimBars bars;
    private final SimNic nic;

    private SimDev(SimBars bars, SimNic nic, EthDevInfo info) {
        super(info, new RegisterCounters(bars.registers(), List.of(SimCounter.values())));
        this.bars = bars;
        this.nic = nic;
    }

    /**
     * Resets the NIC and reads its address. Control thread.
     *
     * @throws DeviceException the NIC does not answer
     */
    static SimDev probe(SimBars bars, SimNic nic, int queues) throws DeviceException {
        Registers registers = bars.registers();
        registers.write32(SimRegs.CTRL, SimRegs.CTRL_RST);
        if (!bars.await(SimRegs.CTRL, SimRegs.CTRL_RST, 0)) {
            throw bars.failure(nic.name(), "CTRL.RST is not done");
        }
        int low = registers.read32(SimRegs.RAL);
        int high = registers.read32(SimRegs.RAH);
        if (high == Registers.GONE || (high & SimRegs.RAH_AV) == 0) {
            throw bars.failure(nic.name(), "RAH holds no address");
        }
        MacAddress mac = new MacAddress(Long.reverseBytes(
                Integer.toUnsignedLong(low) | (long) high << Integer.SIZE) >>> Short.SIZE);
        return new SimDev(bars, nic, new EthDevInfo(SimDriver.NAME, mac, new QueueLimits(
                queues, SimRegs.MIN_DESCRIPTORS, SimRegs.MAX_DESCRIPTORS))
                .withMaxMtu(SimRegs.MAX_FRAME - EthDevInfo.OVERHEAD)
                .withFilter(RxFilterLimits.NO_FILTER));
    }

    @Override
    protected SimRxQueue createRxQueue(QueueSetup setup) {
        SimRxQueue queue = new SimRxQueue(bars, nic.name(), setup,
                wake -> nic.onPacket(setup.index(), wake));
        mapDma(setup.pool());
        return queue;
    }

    @Override
    protected SimTxQueue createTxQueue(QueueSetup setup) {
        SimTxQueue queue = new SimTxQueue(bars, nic.name(), setup);
        mapDma(setup.pool());
        return queue;
    }

    /** Lets the NIC reach the pools of its queues and {@code pool}, and nothing else. */
    private void mapDma(Mempool pool) {
        List<DmaMemory> memories = Stream.concat(queues().map(SimQueue::pool), Stream.of(pool))
                .distinct().map(Mempool::memory).toList();
        nic.mapDma(memories);
    }

    private Stream<SimQueue> queues() {
        return Stream.concat(rxQueues().stream(), txQueues().stream());
    }

    @Override
    protected void startDevice() throws DeviceException {
        for (SimQueue queue : queues().toList()) {
            queue.start();
        }
        bars.registers().write32(SimRegs.RLPML, mtu() + EthDevInfo.OVERHEAD);
        bars.registers().write32(SimRegs.CTRL, SimRegs.CTRL_SLU);
        if (!bars.await(SimRegs.STATUS, SimRegs.STATUS_SLU, SimRegs.STATUS_SLU)) {
            throw bars.failure(nic.name(), "CTRL.SLU has no effect");
        }
    }

    /** Takes the link down first, so that no frame meets a queue that has stopped already. */
    @Override
    protected void stopDevice() {
        bars.registers().write32(SimRegs.CTRL, 0);
        bars.await(SimRegs.STATUS, SimRegs.STATUS_SLU, 0);
        for (SimQueue queue : queues().toList()) {
            if (!queue.stop() && !bars.isGone()) {
                LOG.warn("{}: does not stop: the hardware does not answer", queue);
            }
        }
    }

    @Override
    protected void closeDevice() {
        nic.mapDma(List.of());
    }

    @Override
    protected Link readLink() {
        int status = bars.registers().read32(SimRegs.STATUS);
        return status != Registers.GONE && (status & SimRegs.STATUS_LU) != 0
                ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }

    @Override
    protected EthStats addRegisters(EthStats queues, RegisterCounters counters) {
        return queues.plus(new EthStats(0, 0, counters.sum(SimCounter.ROC),
                counters.sum(SimCounter.MPC), 0, 0, 0, counters.sum(SimCounter.TXDMAERR)));
    }
}
