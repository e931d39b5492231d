// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;

/**
 * Sums for Internet checksums (RFC 1071). The sums are in the machine's byte order, which is
 * little-endian, and are written as they are: RFC 1071, section 2 (B).
 */
final class Checksum {
    private static final long INT_MASK = 0xffff_ffffL;

    private Checksum() {
    }

    /** The sum of the 16-bit words of {@code length} bytes; an odd byte is followed by zero. */
    static long sum(long address, int length) {
        long sum = 0;
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            long word = RawMemory.getLong(address + i);
            sum += (word & INT_MASK) + (word >>> Integer.SIZE);
        }
        if (i <= length - Integer.BYTES) {
            sum += RawMemory.getInt(address + i) & INT_MASK;
            i += Integer.BYTES;
        }
        if (i <= length - Short.BYTES) {
            sum += RawMemory.getShort(address + i) & 0xffff;
            i += Short.BYTES;
        }
        return i < length ? sum + (RawMemory.getByte(address + i) & 0xff) : sum;
    }

    /** The sum of {@code length} bytes of a packet, of however many segments, from an offset on. */
    static long sumOfPacket(long mbuf, int offset, int length) {
        if (offset + length <= Mbuf.segmentLength(mbuf)) {
            return sum(Mbuf.data(mbuf) + offset, length);
        }
        long total = 0;
        long segment = mbuf;
        int skip = offset;
        int done = 0;
        for (int left = Mbuf.segments(mbuf); left > 0 && done < length; left--) {
            int room = Mbuf.segmentLength(segment) - skip;
            if (room > 0) {
                int bytes = Math.min(room, length - done);
                long part = sum(Mbuf.data(segment) + skip, bytes);
                total += (done & 1) == 0 ? part : swapped(part);
                done += bytes;
            }
            skip = Math.max(0, -room);
            segment = Mbuf.next(segment);
        }
        return total;
    }

    /** A sum that begins at an odd byte has its bytes swapped. */
    private static long swapped(long sum) {
        return Short.reverseBytes((short) fold(sum)) & 0xffff;
    }

    /** A sum in 16 bits. */
    static int fold(long sum) {
        long folded = sum;
        while (folded >>> Short.SIZE != 0) {
            folded = (folded & 0xffff) + (folded >>> Short.SIZE);
        }
        return (int) folded;
    }

    /** The sum of a pseudo-header; {@code ip} is the address of the IP header. */
    static long pseudoHeader(long ip, int version, int protocol, int length) {
        long addresses = version == 4 ? sum(ip + 12, 8) : sum(ip + 8, 32);
        return addresses + (protocol << Byte.SIZE)
                + (Short.reverseBytes((short) length) & 0xffff)
                + (Short.reverseBytes((short) (length >>> Short.SIZE)) & 0xffff);
    }

    /** Writes the checksum of the IPv4 header of {@code length} bytes at {@code ip}. */
    static void writeIpv4(long ip, int length) {
        RawMemory.putShort(ip + 10, (short) 0);
        RawMemory.putShort(ip + 10, (short) ~fold(sum(ip, length)));
    }
}
