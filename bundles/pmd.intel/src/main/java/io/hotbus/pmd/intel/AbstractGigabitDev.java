// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

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
import io.hotbus.pmd.pci.AbstractNic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One chip as an {@code EthDev}. Control threads.
 *
 * <p>Every start resets the chip, which makes it forget the descriptors that it has fetched.
 * Between stop and start, and after close, the chip makes no request to memory. Buffers go back to
 * their pool only after that.
 */
@ConsumerType
public abstract class AbstractGigabitDev extends AbstractNic<GigabitRxQueue, GigabitTxQueue> {
    private static final Logger LOG = LoggerFactory.getLogger(AbstractGigabitDev.class);
    /** The bits of CTRL that must stay as they are. */
    private static final int CTRL = GigabitRegs.CTRL_SLU | GigabitRegs.CTRL_GIO_MASTER_DISABLE
            | GigabitRegs.CTRL_VME;
    /** The bits of RCTL that are written. */
    private static final int RCTL = GigabitRegs.RCTL_EN | GigabitRegs.RCTL_LPE
            | GigabitRegs.RCTL_BAM | GigabitRegs.RCTL_BSIZE | GigabitRegs.RCTL_BSEX
            | GigabitRegs.RCTL_SECRC | FilterTables.RCTL_UPE | FilterTables.RCTL_MPE
            | FilterTables.RCTL_VFE;

    private final AbstractGigabitChip chip;
    private final DmaAllocator allocator;
    private final RegisterCounters counters;
    private final int tctl;
    private GigabitOffloads offloads = GigabitOffloads.NONE;

    /**
     * Creates the device, whose chip was reset.
     *
     * @param allocator memory for its rings
     * @param tctl      what TCTL contains besides EN, PSP, CT and RTLC
     */
    protected AbstractGigabitDev(AbstractGigabitChip chip, DmaAllocator allocator,
            EthDevInfo info, int tctl) {
        this(chip, allocator, info, tctl, GigabitStats.of(chip.registers()));
    }

    private AbstractGigabitDev(AbstractGigabitChip chip, DmaAllocator allocator, EthDevInfo info,
            int tctl, RegisterCounters counters) {
        super(chip.presence(), info, counters);
        this.chip = chip;
        this.allocator = allocator;
        this.counters = counters;
        this.tctl = tctl | GigabitRegs.TCTL_EN | GigabitRegs.TCTL_PSP | GigabitRegs.TCTL_CT
                | GigabitRegs.TCTL_RTLC;
    }

    /** Makes the queues of the port as it is configured. */
    protected abstract AbstractGigabitQueues queues(GigabitOffloads wanted);

    /** The registers that are written before the units are enabled, and must stay so. */
    protected abstract List<GigabitSetting> settings(GigabitOffloads wanted);

    /** Writes what may change while the chip is started, before the units are enabled. */
    protected abstract void prepareUnits(GigabitOffloads wanted);

    /**
     * RCTL.BSIZE and BSEX.
     *
     * @param bufferSize the bytes that the chip writes into a buffer
     */
    protected int bsize(int bufferSize) {
        return 0;
    }

    @Override
    public final void configure(PortConfig config) throws DeviceException {
        GigabitOffloads wanted = GigabitOffloads.of(config);
        wanted.requireVlanModeForTags(chip.toString());
        offloads = wanted;
    }

    @Override
    protected final GigabitRxQueue createRxQueue(QueueSetup queue) throws DeviceException {
        return queues(offloads).rx(queue, allocator, chip.interrupt());
    }

    @Override
    protected final GigabitTxQueue createTxQueue(QueueSetup queue) throws DeviceException {
        return queues(offloads).tx(queue, allocator);
    }

    @Override
    protected final void startDevice() throws DeviceException {
        counters.collect();
        chip.reset();
        FilterTables.write(chip, rxFilter());
        settings(offloads).forEach(setting -> chip.write(setting.offset(), setting.value()));
        chip.setVlanMode(offloads.stripsVlan());
        prepareUnits(offloads);
        AbstractGigabitQueues.prepare(rxQueues(), txQueues());
        chip.device().setBusMaster(true);
        AbstractGigabitQueues.enable(rxQueues(), txQueues());
        chip.write(GigabitRegs.TCTL, tctl);
        chip.write(GigabitRegs.RCTL, rctl(rxFilter()));
        AbstractGigabitQueues.handOver(rxQueues());
        chip.interrupt().enable();
        chip.presence().requireAnswer("does not answer after it was started");
        setup().begin(setup(rxFilter()));
    }

    private GigabitSetup setup(RxFilter filter) {
        List<GigabitSetting> own = new ArrayList<>(settings(offloads));
        own.add(new GigabitSetting("CTRL", GigabitRegs.CTRL, CTRL, GigabitRegs.CTRL_SLU
                | (offloads.stripsVlan() ? GigabitRegs.CTRL_VME : 0)));
        own.add(new GigabitSetting("RCTL", GigabitRegs.RCTL, RCTL, rctl(filter)));
        own.add(new GigabitSetting("TCTL", GigabitRegs.TCTL,
                GigabitRegs.TCTL_EN | GigabitRegs.TCTL_PSP, tctl));
        return GigabitSetup.of(chip, own, rxQueues(), txQueues());
    }

    private int rctl(RxFilter filter) {
        return GigabitRegs.RCTL_EN | GigabitRegs.RCTL_BAM | GigabitRegs.RCTL_SECRC
                | (mtu() > EthDevInfo.DEFAULT_MTU ? GigabitRegs.RCTL_LPE : 0)
                | bsize(rxQueues().get(0).bufferSize()) | FilterTables.rctl(filter);
    }

    @Override
    protected final Optional<String> quiesce() {
        chip.stopUnits();
        return chip.stopDma() ? Optional.empty()
                : Optional.of("its DMA has not ended within " + chip.stopLimit().toMillis()
                        + " ms");
    }

    /**
     * With uio_pci_generic the interrupt is an INTx. For received frames that is too much: Linux
     * 6.1 took it for one that no driver cares about, and turned it off.
     */
    @Override
    protected final void beginInterrupts() {
        boolean generic = chip.device().kernelDriver() == KernelDriver.UIO_PCI_GENERIC;
        if (generic) {
            LOG.info("{}: no receive interrupts with uio_pci_generic: its queues have to be polled "
                    + "(igb_uio and vfio-pci have them)", chip);
        }
        chip.interrupt().begin(!generic);
    }

    @Override
    protected final boolean interrupted() {
        return chip.interrupt().handle();
    }

    @Override
    protected final void endInterrupts() {
        chip.disableInterrupts();
    }

    @Override
    protected final Link readLink() {
        return chip.link();
    }

    @Override
    protected final EthStats addRegisters(EthStats queues, RegisterCounters registers) {
        return GigabitStats.add(queues, registers);
    }

    @Override
    protected final void applyRxFilter(RxFilter next) {
        if (setup().end()) {
            FilterTables.write(chip, next);
            chip.write(GigabitRegs.RCTL, rctl(next));
            setup().begin(setup(next));
        }
    }
}
