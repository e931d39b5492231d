// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The checksum and segmentation unit of the transmit queues. It goes by the offsets of the context
 * alone, and does not look at protocols. Source: 82574 data sheet, sections 7.2.10 and 7.3.
 */
final class FakeTxUnit {
    private static final int BYTE = 0xff;
    private static final int SHORT = 0xffff;
    private static final int PAYLEN = 0xfffff;
    private static final int FIN_PSH = 9;

    private long first;
    private long second;

    void context(long firstWord, long secondWord) {
        first = firstWord;
        second = secondWord;
    }

    private int firstByte(int shift) {
        return (int) (first >>> shift) & BYTE;
    }

    /** The frames of a packet; {@code word} is the second one of a data descriptor. */
    List<byte[]> frames(byte[] packet, long word) {
        if ((word & second & E1000eDescriptor.TX_TSE) == 0) {
            insertChecksums(packet, word, 0);
            return List.of(packet);
        }
        List<byte[]> frames = new ArrayList<>();
        int headers = (int) (second >>> E1000eDescriptor.TX_HDRLEN_SHIFT) & BYTE;
        int mss = (int) (second >>> E1000eDescriptor.TX_MSS_SHIFT) & SHORT;
        int payload = (int) second & PAYLEN;
        for (int done = 0; done < payload; done += mss) {
            int piece = Math.min(mss, payload - done);
            byte[] frame = Arrays.copyOf(packet, headers + piece);
            System.arraycopy(packet, headers + done, frame, headers, piece);
            correct(frame, done, frames.size(), done + piece == payload);
            insertChecksums(frame, word, frame.length - firstByte(E1000eDescriptor.TUCSS_SHIFT));
            frames.add(frame);
        }
        return frames;
    }

    private void correct(byte[] frame, int done, int number, boolean last) {
        int ip = firstByte(E1000eDescriptor.IPCSS_SHIFT);
        if ((second & E1000eDescriptor.TX_TUCMD_IP) != 0) {
            add(frame, ip + 2, frame.length - ip);
            add(frame, ip + 4, number);
        } else {
            add(frame, ip + 4, frame.length - ip - 40);
        }
        int tcp = firstByte(E1000eDescriptor.TUCSS_SHIFT);
        int sequence = (TestPacket.get16(frame, tcp + 4) << 16 | TestPacket.get16(frame, tcp + 6))
                + done;
        TestPacket.put16(frame, tcp + 4, sequence >>> 16);
        TestPacket.put16(frame, tcp + 6, sequence);
        frame[tcp + 13] &= (byte) (last ? -1 : ~FIN_PSH);
    }

    private static void add(byte[] frame, int at, int value) {
        TestPacket.put16(frame, at, TestPacket.get16(frame, at) + value);
    }

    /** Inserts the checksums that are asked for; {@code length} is added to that of TCP. */
    private void insertChecksums(byte[] frame, long word, int length) {
        if ((word & FakeRegs.TX_IXSM) != 0 && (second & E1000eDescriptor.TX_TUCMD_IP) != 0) {
            int end = (int) (first >>> E1000eDescriptor.IPCSE_SHIFT) & SHORT;
            insert(frame, firstByte(E1000eDescriptor.IPCSS_SHIFT), end + 1,
                    firstByte(E1000eDescriptor.IPCSO_SHIFT), 0);
        }
        if ((word & FakeRegs.TX_TXSM) != 0) {
            insert(frame, firstByte(E1000eDescriptor.TUCSS_SHIFT), frame.length,
                    firstByte(E1000eDescriptor.TUCSO_SHIFT), length);
        }
    }

    private static void insert(byte[] frame, int from, int to, int at, int before) {
        TestPacket.put16(frame, at, ~TestPacket.sum(frame, from, to, before));
    }
}
