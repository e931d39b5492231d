// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igb;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.pmd.intel.AbstractGigabitDev;
import io.hotbus.pmd.intel.AbstractGigabitQueues;
import io.hotbus.pmd.intel.AdvQueues;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitOffloads;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.GigabitSetting;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.pmd.intel.RssTables;
import java.util.List;
import java.util.Map;

/** One chip as an {@code EthDev}. */
final class IgbDev extends AbstractGigabitDev {
    private static final Map<RssHash, Integer> HASHES = Map.of(
            RssHash.IPV4, GigabitRegs.MRQC_IPV4, RssHash.IPV4_TCP, GigabitRegs.MRQC_TCP_IPV4,
            RssHash.IPV4_UDP, IgbRegs.MRQC_UDP_IPV4, RssHash.IPV6, GigabitRegs.MRQC_IPV6,
            RssHash.IPV6_TCP, IgbRegs.MRQC_TCP_IPV6 | IgbRegs.MRQC_TCP_IPV6_EX,
            RssHash.IPV6_UDP, IgbRegs.MRQC_UDP_IPV6);
    private static final RssLimits RSS =
            new RssLimits(HASHES.keySet(), RssTables.RSSRK_BYTES, RssTables.RETA_ENTRIES);

    private final IgbChip chip;

    private IgbDev(IgbChip chip, DmaAllocator allocator, EthDevInfo info) {
        super(chip, allocator, info, 0);
        this.chip = chip;
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
                AbstractGigabitQueues.limits(chip.model().queues()))
                .withMaxMtu(AdvQueues.MAX_MTU)
                .withFilter(FilterTables.LIMITS)
                .withOffloads(GigabitOffloads.RX, GigabitOffloads.TX)
                .withRss(RSS));
    }

    /** With several queues, one that is not emptied must not stop the others. */
    @Override
    protected AbstractGigabitQueues queues(GigabitOffloads wanted) {
        return new AdvQueues(chip, QueueLayout.HIGH, wanted,
                wanted.rxQueues() > 1 ? AdvQueues.SRRCTL_DROP_EN : 0);
    }

    @Override
    protected List<GigabitSetting> settings(GigabitOffloads wanted) {
        return List.of(GigabitSetting.of("VET", GigabitRegs.VET, IgbRegs.VET_BOTH_8021Q),
                GigabitSetting.of("RXCSUM", GigabitRegs.RXCSUM, wanted.rxcsum()),
                GigabitSetting.of(
                        "MRQC", GigabitRegs.MRQC, wanted.mrqc(IgbRegs.MRQC_RSS, HASHES)),
                GigabitSetting.of("RLPML", IgbRegs.RLPML, AdvQueues.onWire(AdvQueues.MAX_MTU)));
    }

    @Override
    protected void prepareUnits(GigabitOffloads wanted) {
        RssTables.write(chip, wanted.rss(), wanted.rxQueues(), 0);
    }

    @Override
    protected String model() {
        return chip.model().toString();
    }
}
