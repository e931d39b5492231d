// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.pmd.RegisterCounters;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.intel.AdvLayout;
import io.hotbus.pmd.intel.AdvQueues;
import io.hotbus.pmd.intel.AdvRxQueue;
import io.hotbus.pmd.intel.AdvSetting;
import io.hotbus.pmd.intel.AdvSetup;
import io.hotbus.pmd.intel.AdvTxQueue;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitStats;
import io.hotbus.pmd.intel.RssTables;
import io.hotbus.pmd.pci.AbstractNic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One chip as an {@code EthDev}.
 *
 * <p>Every start resets the chip, which makes it forget the descriptors that it has fetched.
 * Between stop and start, and after close, the chip makes no request to memory. Buffers go back to
 * their pool only after that.
 */
final class IgbDev extends AbstractNic<AdvRxQueue, AdvTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(IgbDev.class);
    private static final int TCTL = IgbRegs.TCTL_EN | IgbRegs.TCTL_PSP | IgbRegs.TCTL_CT
            | IgbRegs.TCTL_RTLC;
    /** The bits of CTRL that must stay as they are. */
    private static final int CTRL = IgbRegs.CTRL_SLU | IgbRegs.CTRL_GIO_MASTER_DISABLE
            | IgbRegs.CTRL_VME;
    /** The bits of RCTL that are written. */
    private static final int RCTL = IgbRegs.RCTL_RXEN | IgbRegs.RCTL_LPE | IgbRegs.RCTL_BAM
            | IgbRegs.RCTL_SECRC | FilterTables.RCTL_UPE | FilterTables.RCTL_MPE
            | FilterTables.RCTL_VFE;

    private final IgbChip chip;
    private final DmaAllocator allocator;
    private final RegisterCounters counters;
    private IgbOffloads offloads = IgbOffloads.NONE;

    private IgbDev(IgbChip chip, DmaAllocator allocator, EthDevInfo info,
            RegisterCounters counters) {
        super(chip.presence(), info, counters);
        this.chip = chip;
        this.allocator = allocator;
        this.counters = counters;
    }

    /**
     * Resets the chip and reads its address. Control thread.
     *
     * @throws DeviceException the chip does not answer, or has a link that is not driven
     */
    static IgbDev probe(IgbChip chip, DmaAllocator allocator) throws DeviceException {
        chip.reset();
        chip.requireCopper();
        return new IgbDev(chip, allocator, new EthDevInfo(IgbDriver.NAME, chip.macAddress(),
                AdvQueues.limits(chip.model().queues()))
                .withMaxMtu(AdvQueues.MAX_MTU)
                .withFilter(FilterTables.LIMITS)
                .withOffloads(IgbOffloads.RX, IgbOffloads.TX)
                .withRss(IgbOffloads.RSS),
                GigabitStats.of(chip.registers()));
    }

    @Override
    public void configure(PortConfig config) throws DeviceException {
        offloads = IgbOffloads.of(chip.toString(), config);
    }

    /** With several queues, one that is not emptied must not stop the others. */
    private AdvQueues queues() {
        return new AdvQueues(chip, AdvLayout.PHYSICAL, offloads.queues(),
                offloads.rxQueues() > 1 ? AdvLayout.SRRCTL_DROP_EN : 0);
    }

    @Override
    protected AdvRxQueue createRxQueue(QueueSetup queue) throws DeviceException {
        return queues().rx(queue, allocator, chip.interrupt());
    }

    @Override
    protected AdvTxQueue createTxQueue(QueueSetup queue) throws DeviceException {
        return queues().tx(queue, allocator);
    }

    @Override
    protected void startDevice() throws DeviceException {
        counters.collect();
        chip.reset();
        FilterTables.write(chip::write, rxFilter());
        settings().forEach(setting -> chip.write(setting.offset(), setting.value()));
        chip.setVlanMode(offloads.vlanMode());
        RssTables.write(chip::write, offloads.rss(), rxQueues().size(), 0);
        for (AdvRxQueue queue : rxQueues()) {
            queue.prepare();
        }
        txQueues().forEach(AdvTxQueue::prepare);
        chip.device().setBusMaster(true);
        for (AdvTxQueue queue : txQueues()) {
            queue.enable();
        }
        for (AdvRxQueue queue : rxQueues()) {
            queue.enable();
        }
        chip.write(IgbRegs.TCTL, TCTL);
        chip.write(IgbRegs.RCTL, rctl(rxFilter()));
        rxQueues().forEach(AdvRxQueue::handOver);
        chip.interrupt().enable();
        chip.presence().requireAnswer("does not answer after it was started");
        setup().begin(setup(rxFilter()));
    }

    /** The settings that are written before the units are enabled. */
    private List<AdvSetting> settings() {
        List<AdvSetting> settings = new ArrayList<>(offloads.settings());
        settings.add(AdvSetting.of("RLPML", IgbRegs.RLPML, AdvQueues.onWire(AdvQueues.MAX_MTU)));
        return settings;
    }

    private AdvSetup setup(RxFilter filter) {
        List<AdvSetting> own = settings();
        own.add(new AdvSetting("CTRL", IgbRegs.CTRL, CTRL,
                IgbRegs.CTRL_SLU | (offloads.vlanMode() ? IgbRegs.CTRL_VME : 0)));
        own.add(new AdvSetting("RCTL", IgbRegs.RCTL, RCTL, rctl(filter)));
        own.add(new AdvSetting("TCTL", IgbRegs.TCTL, IgbRegs.TCTL_EN | IgbRegs.TCTL_PSP, TCTL));
        return AdvSetup.of(chip, own, rxQueues(), txQueues());
    }

    private int rctl(RxFilter filter) {
        return IgbRegs.RCTL_RXEN | IgbRegs.RCTL_BAM | IgbRegs.RCTL_SECRC
                | (mtu() > EthDevInfo.DEFAULT_MTU ? IgbRegs.RCTL_LPE : 0)
                | FilterTables.rctl(filter);
    }

    @Override
    protected String model() {
        return chip.model().toString();
    }

    @Override
    protected Optional<String> quiesce() {
        chip.stopUnits();
        return chip.stopDma() ? Optional.empty()
                : Optional.of("its DMA has not ended within " + chip.stopLimit().toMillis()
                        + " ms");
    }

    /**
     * With uio_pci_generic the interrupt is an INTx, which Linux turns off if there are many, as
     * net.e1000e has seen.
     */
    @Override
    protected void beginInterrupts() {
        boolean generic = chip.device().kernelDriver() == KernelDriver.UIO_PCI_GENERIC;
        if (generic) {
            LOG.info("{}: no receive interrupts with uio_pci_generic: its queues have to be polled "
                    + "(igb_uio and vfio-pci have them)", chip);
        }
        chip.interrupt().begin(!generic);
    }

    @Override
    protected boolean interrupted() {
        return chip.interrupt().handle();
    }

    @Override
    protected void endInterrupts() {
        chip.interrupt().disable();
    }

    @Override
    protected Link readLink() {
        return chip.link();
    }

    @Override
    protected EthStats addRegisters(EthStats queues, RegisterCounters registers) {
        return GigabitStats.add(queues, registers);
    }

    @Override
    protected void applyRxFilter(RxFilter next) {
        if (setup().end()) {
            FilterTables.write(chip::write, next);
            chip.write(IgbRegs.RCTL, rctl(next));
            setup().begin(setup(next));
        }
    }
}
