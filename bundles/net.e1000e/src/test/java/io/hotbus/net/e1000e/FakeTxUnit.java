// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

/**
 * The checksum unit of one transmit queue. It goes by the offsets of the context alone, and does
 * not look at protocols. Source: 82574 data sheet, section 7.2.10.
 */
final class FakeTxUnit {
    private static final int BYTE = 0xff;
    private static final int SHORT = 0xffff;

    private long first;
    private long second;

    void context(long firstWord, long secondWord) {
        first = firstWord;
        second = secondWord;
    }

    private int firstByte(int shift) {
        return (int) (first >>> shift) & BYTE;
    }

    /** Inserts the checksums that the second word of a data descriptor asks for. */
    void insertChecksums(byte[] frame, long word) {
        if ((word & E1000eExtended.TX_IXSM) != 0 && (second & E1000eExtended.TX_TUCMD_IP) != 0) {
            int end = (int) (first >>> E1000eExtended.IPCSE_SHIFT) & SHORT;
            insert(frame, firstByte(E1000eExtended.IPCSS_SHIFT), end + 1,
                    firstByte(E1000eExtended.IPCSO_SHIFT));
        }
        if ((word & E1000eExtended.TX_TXSM) != 0) {
            insert(frame, firstByte(E1000eExtended.TUCSS_SHIFT), frame.length,
                    firstByte(E1000eExtended.TUCSO_SHIFT));
        }
    }

    private static void insert(byte[] frame, int from, int to, int at) {
        TestPacket.put16(frame, at, ~TestPacket.sum(frame, from, to, 0));
    }
}
