// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.pmd.intel.GigabitRegs;

/** The checks of the receive unit. Source: 82574 data sheet, section 7.1.10. */
final class FakeRxUnit {
    private FakeRxUnit() {
    }

    /** The status and error bits of an extended descriptor for a frame without a tag. */
    static long check(byte[] frame, int rxcsum) {
        if (!TestPacket.isIp(frame)) {
            return 0;
        }
        long bits = 0;
        if ((rxcsum & GigabitRegs.RXCSUM_IPOFLD) != 0 && TestPacket.isIpv4(frame)) {
            bits |= FakeRegs.RX_IPCS
                    | (TestPacket.hasGoodIpChecksum(frame) ? 0 : FakeRegs.RX_IPE);
        }
        if ((rxcsum & GigabitRegs.RXCSUM_TUOFLD) != 0 && TestPacket.hasL4Checksum(frame)) {
            bits |= FakeRegs.RX_L4CS
                    | (TestPacket.hasGoodL4Checksum(frame) ? 0 : FakeRegs.RX_TCPE);
        }
        return bits;
    }
}
