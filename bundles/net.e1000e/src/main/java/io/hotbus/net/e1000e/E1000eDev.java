// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.pmd.intel.AbstractGigabitDev;
import io.hotbus.pmd.intel.AbstractGigabitQueues;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitOffloads;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.GigabitSetting;
import io.hotbus.pmd.intel.RssTables;
import java.util.List;
import java.util.Map;

/** One 82574 as an {@code EthDev}. */
final class E1000eDev extends AbstractGigabitDev {
    /** Bytes of an Ethernet header. */
    private static final int HEADER = 14;
    /** Source: 82574 data sheet, section 7.1.11. */
    private static final Map<RssHash, Integer> HASHES = Map.of(
            RssHash.IPV4, GigabitRegs.MRQC_IPV4, RssHash.IPV4_TCP, GigabitRegs.MRQC_TCP_IPV4,
            RssHash.IPV6, GigabitRegs.MRQC_IPV6, RssHash.IPV6_TCP, E1000eRegs.MRQC_TCP_IPV6);
    private static final RssLimits RSS =
            new RssLimits(HASHES.keySet(), RssTables.RSSRK_BYTES, RssTables.RETA_ENTRIES);

    private final E1000eChip chip;

    private E1000eDev(E1000eChip chip, DmaAllocator allocator, EthDevInfo info) {
        super(chip, allocator, info, E1000eRegs.TCTL_COLD | E1000eRegs.TCTL_MULR);
        this.chip = chip;
    }

    /**
     * Resets the chip and reads its address. Control thread.
     *
     * @throws DeviceException the chip does not answer
     */
    static E1000eDev probe(E1000eChip chip, DmaAllocator allocator) throws DeviceException {
        chip.reset();
        return new E1000eDev(chip, allocator, new EthDevInfo(E1000eDriver.NAME, chip.macAddress(),
                AbstractGigabitQueues.limits(E1000eRegs.QUEUES))
                .withMaxMtu(E1000eDescriptor.TX_MAX_LENGTH - HEADER)
                .withFilter(FilterTables.LIMITS)
                .withOffloads(GigabitOffloads.RX, GigabitOffloads.TX)
                .withRss(RSS));
    }

    @Override
    protected AbstractGigabitQueues queues(GigabitOffloads wanted) {
        return new E1000eQueues(chip, wanted);
    }

    @Override
    protected List<GigabitSetting> settings(GigabitOffloads wanted) {
        return List.of(
                GigabitSetting.of("VET", GigabitRegs.VET, GigabitRegs.VET_8021Q),
                GigabitSetting.of("RXCSUM", GigabitRegs.RXCSUM, wanted.rxcsum()),
                GigabitSetting.of("RFCTL", E1000eRegs.RFCTL, E1000eRegs.RFCTL_ACK_DIS
                        | (E1000eQueues.isPlainRx(wanted) ? 0 : E1000eRegs.RFCTL_EXSTEN)),
                GigabitSetting.of(
                        "MRQC", GigabitRegs.MRQC, wanted.mrqc(E1000eRegs.MRQC_RSS, HASHES)));
    }

    @Override
    protected void prepareUnits(GigabitOffloads wanted) {
        RssTables.write(chip, wanted.rss(), wanted.rxQueues(), E1000eRegs.RETA_QUEUE_SHIFT);
        // No delayed interrupts: write-backs would wait for their timers.
        chip.write(E1000eRegs.RDTR, 0);
        chip.write(E1000eRegs.RADV, 0);
        chip.write(E1000eRegs.TIPG, E1000eRegs.TIPG_COPPER);
        chip.shareTransmit(wanted.txQueues());
    }

    @Override
    protected int bsize(int bufferSize) {
        return E1000eQueues.bsize(bufferSize);
    }

    @Override
    protected String model() {
        return "82574";
    }
}
