// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.RssTables;
import io.hotbus.testkit.pci.Toeplitz;
import java.util.Arrays;

/** The RSS of the fake chip: Toeplitz hash and RETA. Source: data sheet, section 7.1.11. */
final class FakeRss {
    private static final int QUEUE_SHIFT = 8;
    // The types that the chip writes back.
    private static final int TCP_IPV4 = 1;
    private static final int IPV4 = 2;
    private static final int TCP_IPV6 = 3;
    private static final int IPV6 = 5;

    private final Fake82574 chip;

    FakeRss(Fake82574 chip) {
        this.chip = chip;
    }

    /** The queue in the first word of a descriptor. */
    static int queue(long info) {
        return (int) (info >>> QUEUE_SHIFT) & 1;
    }

    /** The first word of the descriptor of a frame without a tag: type, queue, hash. */
    long info(byte[] frame) {
        int mrqc = chip.get(GigabitRegs.MRQC);
        if ((mrqc & 3) != E1000eRegs.MRQC_RSS
                || (chip.get(GigabitRegs.RXCSUM) & GigabitRegs.RXCSUM_PCSD) == 0
                || (chip.get(E1000eRegs.RFCTL) & E1000eRegs.RFCTL_EXSTEN) == 0
                || !TestPacket.isIp(frame)) {
            return 0;
        }
        boolean v4 = TestPacket.isIpv4(frame);
        boolean tcp = TestPacket.protocol(frame) == TestPacket.TCP && (mrqc
                & (v4 ? GigabitRegs.MRQC_TCP_IPV4 : E1000eRegs.MRQC_TCP_IPV6)) != 0;
        if (!tcp && (mrqc & (v4 ? GigabitRegs.MRQC_IPV4 : GigabitRegs.MRQC_IPV6)) == 0) {
            return 0;
        }
        int type = v4 ? tcp ? TCP_IPV4 : IPV4 : tcp ? TCP_IPV6 : IPV6;
        int l4 = TestPacket.l4(frame);
        int hash = Toeplitz.hash(this::key, Arrays.copyOfRange(
                frame, l4 - (v4 ? 8 : 32), l4 + (tcp ? 4 : 0)));
        return type | (long) entry(hash & RssTables.RETA_ENTRIES - 1) << QUEUE_SHIFT
                | (long) hash << FakeRegs.RX_HASH_SHIFT;
    }

    private int entry(int index) {
        return chip.get(RssTables.RETA + (index & ~3)) >>> (index & 3) * Byte.SIZE
                + E1000eRegs.RETA_QUEUE_SHIFT & 1;
    }

    private int key(int index) {
        return chip.get(RssTables.RSSRK + (index & ~3)) >>> (index & 3) * Byte.SIZE;
    }
}
