// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

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
        if ((rxcsum & E1000eRegs.RXCSUM_IPOFLD) != 0 && TestPacket.isIpv4(frame)) {
            bits |= E1000eExtended.RX_IPCS
                    | (TestPacket.hasGoodIpChecksum(frame) ? 0 : E1000eExtended.RX_IPE);
        }
        if ((rxcsum & E1000eRegs.RXCSUM_TUOFLD) != 0 && TestPacket.hasL4Checksum(frame)) {
            bits |= E1000eExtended.RX_L4CS
                    | (TestPacket.hasGoodL4Checksum(frame) ? 0 : E1000eExtended.RX_TCPE);
        }
        return bits;
    }
}
