// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.pmd.RegisterCounters;
import io.hotbus.pmd.Registers;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.pci.AbstractNic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One 82574 as an {@code EthDev}.
 *
 * <p>Every start resets the chip, which makes it forget the descriptors that it has fetched.
 * Between stop and start, and after close, the chip makes no request to memory. Buffers go back to
 * their pool only after that.
 */
final class E1000eDev extends AbstractNic<E1000eRxQueue, E1000eTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(E1000eDev.class);
    private static final int TCTL = E1000eRegs.TCTL_EN | E1000eRegs.TCTL_PSP
            | E1000eRegs.TCTL_CT_COLD | E1000eRegs.TCTL_RTLC | E1000eRegs.TCTL_MULR;
    /** The bits of CTRL that must stay as they are. */
    private static final int CTRL = E1000eRegs.CTRL_SLU | E1000eRegs.CTRL_GIO_MASTER_DISABLE
            | E1000eRegs.CTRL_VME;
    /** Bytes of an Ethernet header. */
    private static final int HEADER = 14;
    /** So many packets share one write to the tail register, which is slow. */
    private static final int BURST = 32;
    private static final int[] SPEEDS_MBPS = {10, 100, 1000, 1000};

    private final E1000eChip chip;
    private final DmaAllocator allocator;
    private final RegisterCounters counters;
    private final E1000eInterrupt interrupt;
    private E1000eOffloads offloads = E1000eOffloads.NONE;

    private E1000eDev(E1000eChip chip, DmaAllocator allocator, EthDevInfo info,
            RegisterCounters counters) {
        super(chip.presence(), info, counters);
        this.chip = chip;
        this.allocator = allocator;
        this.counters = counters;
        this.interrupt = new E1000eInterrupt(chip);
    }

    /**
     * Resets the chip and reads its address. Control thread.
     *
     * @throws DeviceException the chip does not answer
     */
    static E1000eDev probe(E1000eChip chip, DmaAllocator allocator) throws DeviceException {
        chip.reset();
        return new E1000eDev(chip, allocator, new EthDevInfo(E1000eDriver.NAME, chip.macAddress(),
                new QueueLimits(E1000eRegs.QUEUES, E1000eRegs.MIN_DESCRIPTORS,
                        E1000eRegs.MAX_DESCRIPTORS)
                        .withPreferredBurst(BURST))
                .withMaxMtu(E1000eDescriptor.TX_MAX_LENGTH - HEADER)
                .withFilter(E1000eFilter.LIMITS)
                .withOffloads(E1000eOffloads.RX, E1000eOffloads.TX)
                .withRss(E1000eRss.LIMITS),
                new RegisterCounters(chip.registers(), List.of(E1000eCounter.values())));
    }

    @Override
    public void configure(PortConfig config) throws DeviceException {
        offloads = E1000eOffloads.of(chip.device().toString(), config);
    }

    @Override
    protected E1000eRxQueue createRxQueue(QueueSetup queue) throws DeviceException {
        return offloads.extendedRx()
                ? new E1000eExtendedRx(chip, queue, allocator, interrupt, offloads)
                : new E1000ePlainRx(chip, queue, allocator, interrupt);
    }

    @Override
    protected E1000eTxQueue createTxQueue(QueueSetup queue) throws DeviceException {
        return offloads.extendedTx()
                ? new E1000eOffloadTx(chip, queue, allocator, offloads)
                : new E1000ePlainTx(chip, queue, allocator);
    }

    @Override
    protected void startDevice() throws DeviceException {
        counters.collect();
        chip.reset();
        E1000eFilter.write(chip, rxFilter());
        offloads.registers().forEach(register -> register.write(chip));
        chip.setVlanMode(offloads.vlanMode());
        E1000eRss.write(chip, offloads.rss(), rxQueues().size());
        // No delayed interrupts: write-backs would wait for their timers.
        chip.write(E1000eRegs.RDTR, 0);
        chip.write(E1000eRegs.RADV, 0);
        for (E1000eRxQueue queue : rxQueues()) {
            queue.prepare();
        }
        txQueues().forEach(E1000eTxQueue::prepare);
        chip.device().setBusMaster(true);
        chip.write(E1000eRegs.TIPG, E1000eRegs.TIPG_COPPER);
        chip.shareTransmit(txQueues().size());
        chip.write(E1000eRegs.TCTL, TCTL);
        chip.write(E1000eRegs.RCTL, rctl(rxFilter()));
        rxQueues().forEach(E1000eRxQueue::handOver);
        interrupt.enable();
        chip.requireAnswer("does not answer after it was started");
        setup().begin(setup(rxFilter()));
    }

    private E1000eSetup setup(RxFilter filter) {
        List<E1000eSetup.Register> written = new ArrayList<>(offloads.registers());
        written.add(new E1000eSetup.Register("CTRL", E1000eRegs.CTRL, CTRL,
                E1000eRegs.CTRL_SLU | (offloads.vlanMode() ? E1000eRegs.CTRL_VME : 0)));
        written.add(new E1000eSetup.Register(
                "RCTL", E1000eRegs.RCTL, E1000eRegs.RCTL_WRITTEN, rctl(filter)));
        written.add(new E1000eSetup.Register(
                "TCTL", E1000eRegs.TCTL, E1000eRegs.TCTL_EN | E1000eRegs.TCTL_PSP, TCTL));
        return E1000eSetup.of(chip, written, rxQueues(), txQueues());
    }

    private int rctl(RxFilter filter) {
        return E1000eRegs.RCTL_EN | E1000eRegs.RCTL_BAM | E1000eRegs.RCTL_SECRC
                | (mtu() > EthDevInfo.DEFAULT_MTU ? E1000eRegs.RCTL_LPE : 0)
                | rxQueues().get(0).bsize() | E1000eFilter.rctl(filter);
    }

    @Override
    protected Optional<String> quiesce() {
        chip.write(E1000eRegs.RCTL, 0);
        chip.write(E1000eRegs.TCTL, E1000eRegs.TCTL_PSP);
        return chip.stopDma() ? Optional.empty()
                : Optional.of("its DMA has not ended within " + chip.stopLimit().toMillis()
                        + " ms");
    }

    /**
     * With uio_pci_generic the interrupt is an INTx. For received frames that is too much: Linux
     * 6.1 took it for one that no driver cares about, and turned it off.
     */
    @Override
    protected void beginInterrupts() {
        boolean generic = chip.device().kernelDriver() == KernelDriver.UIO_PCI_GENERIC;
        if (generic) {
            LOG.info("{}: no receive interrupts with uio_pci_generic: its queues have to be polled "
                    + "(igb_uio and vfio-pci have them)", chip.device());
        }
        interrupt.begin(!generic);
    }

    @Override
    protected boolean interrupted() {
        return interrupt.handle();
    }

    @Override
    protected void endInterrupts() {
        chip.disableInterrupt();
    }

    @Override
    protected String model() {
        return "82574";
    }

    @Override
    protected Link readLink() {
        return link(chip.read(E1000eRegs.STATUS));
    }

    /** Returns the link according to a value of STATUS. */
    static Link link(int status) {
        if (status == Registers.GONE || (status & E1000eRegs.STATUS_LU) == 0) {
            return Link.DOWN;
        }
        int speed = (status & E1000eRegs.STATUS_SPEED) >> E1000eRegs.STATUS_SPEED_SHIFT;
        return new Link(true, SPEEDS_MBPS[speed], (status & E1000eRegs.STATUS_FD) != 0);
    }

    /** The sums are those that DPDK uses for this chip. */
    @Override
    protected EthStats addRegisters(EthStats queues, RegisterCounters registers) {
        long missed = registers.sum(E1000eCounter.MPC);
        long rxErrors = registers.sum(E1000eCounter.CRCERRS, E1000eCounter.ALGNERRC,
                E1000eCounter.RXERRC, E1000eCounter.RLEC, E1000eCounter.CEXTERR);
        long txErrors = registers.sum(E1000eCounter.ECOL, E1000eCounter.LATECOL);
        return queues.plus(new EthStats(0, 0, rxErrors, missed, 0, 0, 0, txErrors));
    }

    @Override
    protected void applyRxFilter(RxFilter next) {
        if (setup().end()) {
            E1000eFilter.write(chip, next);
            chip.write(E1000eRegs.RCTL, rctl(next));
            setup().begin(setup(next));
        }
    }
}
