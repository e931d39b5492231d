// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.mem;

import io.hotbus.eal.io.RawMemory;

/**
 * A packet buffer, as a {@code long} handle with static accessors: a burst is a {@code long[]}, and
 * nothing is allocated for a packet. Belongs to one thread at a time; nothing is checked.
 *
 * <p>A handle is the address of a header of {@value #HEADER} bytes, followed by {@value #HEADROOM}
 * bytes of headroom and the data room of the {@link Mempool}.
 *
 * <p>A packet that does not fit in one buffer is a chain of segments, one buffer each. Its handle
 * is that of the first segment, which alone holds the length, the port and the metadata of the
 * packet. A buffer may have several references; {@link MempoolCaches#free} gives back one. While a
 * buffer has more than one reference, no thread may write to it. Source: DPDK {@code struct
 * rte_mbuf}.
 */
public final class Mbuf {
    /** Bytes of the header: one cache line. */
    public static final int HEADER = 64;
    /** Bytes before the data of a fresh buffer. */
    public static final int HEADROOM = 128;
    /** The most segments of a packet, and the most references of a buffer. */
    public static final int MAX_COUNT = 255;

    private static final int IOVA = 0;
    // One word: where the data of the segment begins, and its length.
    private static final int DATA_OFFSET = 8;
    private static final int SEGMENT_LENGTH = 12;
    // One word: port (16 bits), segments (8), references (8), length (24), metadata (1),
    // copies (7).
    private static final int PORT = 16;
    private static final int SEGMENTS = 18;
    private static final int REFERENCES = 19;
    private static final int LENGTH = 20;
    private static final int METADATA = 23;
    private static final int LENGTH_MASK = (1 << 24) - 1;
    private static final int USER_DATA = 24;
    private static final int NEXT = 32;
    private static final int FLAGS = 40;
    private static final int HASH = 48;
    private static final int VLAN_TCI = 52;
    private static final int TSO_SIZE = 54;
    private static final int HEADER_LENGTHS = 56;
    // In the headroom: few drivers use them, and the header has one cache line.
    private static final int TIMESTAMP = HEADER;
    private static final int ORIGINAL_LENGTH = HEADER + Long.BYTES;
    /** The most copies that a packet can be said to have. */
    private static final int MAX_COPIES = 127;

    /** {@link #SEGMENTS} and {@link #REFERENCES} in one: one of each. */
    private static final short ONE_OF_EACH = 1 | 1 << Byte.SIZE;
    private static final long FRESH = (ONE_OF_EACH & 0xffffL) << Short.SIZE;
    private static final long ONE_REFERENCE = 1L << (REFERENCES - PORT) * Byte.SIZE;

    private Mbuf() {
    }

    /** For {@link Mempool}: initialises a buffer whose header is at {@code iova} for a device. */
    static void initialise(long mbuf, long iova) {
        RawMemory.putLong(mbuf + IOVA, iova);
        reset(mbuf);
    }

    /** Makes it an empty packet again: one segment with the whole headroom, without metadata. */
    public static void reset(long mbuf) {
        received(mbuf, 0, 0);
    }

    /**
     * Sets up a packet of {@code length} bytes that a device has received from {@code port} right
     * after the headroom.
     */
    public static void received(long mbuf, int length, int port) {
        // Two stores for six fields; little-endian.
        RawMemory.putLong(mbuf + DATA_OFFSET, HEADER + HEADROOM | (long) length << Integer.SIZE);
        RawMemory.putLong(mbuf + PORT, FRESH | (long) length << Integer.SIZE | port);
    }

    /**
     * Does {@link #received(long, int, int)} for data that begins {@code early} bytes before the
     * end of the headroom, 0 to {@value #HEADROOM}.
     */
    public static void received(long mbuf, int early, int length, int port) {
        received(mbuf, length, port);
        RawMemory.putInt(mbuf + DATA_OFFSET, HEADER + HEADROOM - early);
    }

    /** Address of the first byte of the segment; of a packet's handle, of the packet. */
    public static long data(long mbuf) {
        return mbuf + RawMemory.getInt(mbuf + DATA_OFFSET);
    }

    /** I/O virtual address of the first byte of the segment. */
    public static long dataIova(long mbuf) {
        return RawMemory.getLong(mbuf + IOVA) + RawMemory.getInt(mbuf + DATA_OFFSET);
    }

    /** I/O virtual address of the first byte after the headroom: where a device shall receive. */
    public static long receiveIova(long mbuf) {
        return RawMemory.getLong(mbuf + IOVA) + HEADER + HEADROOM;
    }

    /** Bytes in the packet, all its segments together. DPDK: {@code pkt_len}. */
    public static int length(long mbuf) {
        return RawMemory.getInt(mbuf + LENGTH) & LENGTH_MASK;
    }

    /** Sets the bytes in a packet of one segment; at most the data room of its pool. */
    public static void setLength(long mbuf, int length) {
        RawMemory.putInt(mbuf + SEGMENT_LENGTH, length);
        putLength(mbuf, length);
    }

    private static void putLength(long mbuf, int length) {
        RawMemory.putInt(mbuf + LENGTH, RawMemory.getInt(mbuf + LENGTH) & ~LENGTH_MASK | length);
    }

    /** Bytes in this segment. DPDK: {@code data_len}. */
    public static int segmentLength(long mbuf) {
        return RawMemory.getInt(mbuf + SEGMENT_LENGTH);
    }

    /** How many segments the packet has, 1 to {@value #MAX_COUNT}. DPDK: {@code nb_segs}. */
    public static int segments(long mbuf) {
        return Byte.toUnsignedInt(RawMemory.getByte(mbuf + SEGMENTS));
    }

    /** The segment after this one. Undefined in the last segment of a packet. */
    public static long next(long mbuf) {
        return RawMemory.getLong(mbuf + NEXT);
    }

    /**
     * Appends {@code segment}, itself a packet of one segment, to a packet. The packet has fewer
     * than {@value #MAX_COUNT} segments.
     *
     * @param last the last segment of the packet
     */
    public static void append(long mbuf, long last, long segment) {
        RawMemory.putLong(last + NEXT, segment);
        RawMemory.putByte(mbuf + SEGMENTS, (byte) (segments(mbuf) + 1));
        putLength(mbuf, length(mbuf) + segmentLength(segment));
    }

    /** Whether the packet has one segment, and one reference. */
    public static boolean isPlain(long mbuf) {
        return RawMemory.getShort(mbuf + SEGMENTS) == ONE_OF_EACH;
    }

    /** How many references the buffer of this segment has. DPDK: {@code refcnt}. */
    public static int references(long mbuf) {
        return Byte.toUnsignedInt(RawMemory.getByteVolatile(mbuf + REFERENCES));
    }

    /**
     * Adds {@code count} references to each segment of a packet: it can be given back, or sent,
     * {@code count} times more. Any thread that holds a reference.
     *
     * @throws IllegalStateException a buffer would have more than {@value #MAX_COUNT}; the segments
     *     before that one keep the new references
     */
    public static void retain(long mbuf, int count) {
        long segment = mbuf;
        for (int i = segments(mbuf); i > 0; i--) {
            if (references(segment) + count > MAX_COUNT) {
                throw new IllegalStateException("mbuf %#x: %s references and %s more are too many"
                        .formatted(segment, references(segment), count));
            }
            RawMemory.getAndAddLong(segment + PORT, count * ONE_REFERENCE);
            segment = next(segment);
        }
    }

    /**
     * Gives back one reference of this segment. Returns whether it was the last one. Any thread.
     */
    public static boolean release(long mbuf) {
        if (references(mbuf) == 1) {
            return true;
        }
        long before = RawMemory.getAndAddLong(mbuf + PORT, -ONE_REFERENCE);
        if ((before / ONE_REFERENCE & MAX_COUNT) != 1) {
            return false;
        }
        RawMemory.putByte(mbuf + REFERENCES, (byte) 1);
        return true;
    }

    /** The port the packet arrived on. */
    public static int port(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(mbuf + PORT));
    }

    /** Sets the arrival port of a packet that is passed on unchanged. */
    public static void setPort(long mbuf, int port) {
        RawMemory.putShort(mbuf + PORT, (short) port);
    }

    /** Eight bytes for the application's own use. */
    public static long userData(long mbuf) {
        return RawMemory.getLong(mbuf + USER_DATA);
    }

    /** Sets the eight bytes for the application's own use. */
    public static void setUserData(long mbuf, long value) {
        RawMemory.putLong(mbuf + USER_DATA, value);
    }

    /** The metadata that is present or requested: {@link MbufFlags}. DPDK: {@code ol_flags}. */
    public static long flags(long mbuf) {
        return (RawMemory.getByte(mbuf + METADATA) & 1) == 0
                ? 0 : RawMemory.getLong(mbuf + FLAGS);
    }

    /** Sets the flags, before {@link #setCopies}. */
    public static void setFlags(long mbuf, long flags) {
        RawMemory.putByte(mbuf + METADATA, (byte) 1);
        RawMemory.putLong(mbuf + FLAGS, flags);
    }

    /**
     * How many members of a port that sends a packet through several ones have been given it, 0 to
     * 127. Only that port knows whether it has set this.
     */
    public static int copies(long mbuf) {
        return RawMemory.getByte(mbuf + METADATA) >>> 1 & MAX_COPIES;
    }

    /**
     * Sets {@link #copies}; a number above 127 becomes 127. Only the thread of the port may do so,
     * also while the buffer has several references.
     */
    public static void setCopies(long mbuf, int count) {
        RawMemory.putByte(mbuf + METADATA, (byte) (RawMemory.getByte(mbuf + METADATA) & 1
                | Math.min(count, MAX_COPIES) << 1));
    }

    /** The RSS hash, where {@link MbufFlags#RX_RSS_HASH} is set. */
    public static int hash(long mbuf) {
        return RawMemory.getInt(mbuf + HASH);
    }

    /** Sets the RSS hash. */
    public static void setHash(long mbuf, int hash) {
        RawMemory.putInt(mbuf + HASH, hash);
    }

    /**
     * The VLAN tag control information, 0 to 65535, where {@link MbufFlags#RX_VLAN_STRIPPED} or
     * {@link MbufFlags#TX_VLAN} is set.
     */
    public static int vlanTci(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(mbuf + VLAN_TCI));
    }

    /** Sets the VLAN tag control information. */
    public static void setVlanTci(long mbuf, int tci) {
        RawMemory.putShort(mbuf + VLAN_TCI, (short) tci);
    }

    /** Bytes of payload in each frame that {@link MbufFlags#TX_TCP_SEG} asks for. */
    public static int tsoSegmentSize(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(mbuf + TSO_SIZE));
    }

    /** Sets the bytes of payload in each frame. */
    public static void setTsoSegmentSize(long mbuf, int bytes) {
        RawMemory.putShort(mbuf + TSO_SIZE, (short) bytes);
    }

    /**
     * Sets the lengths of the headers, which the transmit offloads need: bytes of the link layer,
     * of IP and of TCP or UDP, 0 to 65535 each.
     */
    public static void setHeaderLengths(long mbuf, int l2, int l3, int l4) {
        RawMemory.putLong(mbuf + HEADER_LENGTHS,
                l2 | (long) l3 << Short.SIZE | (long) l4 << Integer.SIZE);
    }

    /** Bytes of the link layer's header. */
    public static int l2Length(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(mbuf + HEADER_LENGTHS));
    }

    /** Bytes of the IP header. */
    public static int l3Length(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(mbuf + HEADER_LENGTHS + Short.BYTES));
    }

    /** Bytes of the TCP or UDP header. */
    public static int l4Length(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(mbuf + HEADER_LENGTHS + 2 * Short.BYTES));
    }

    /**
     * When the packet was captured, in nanoseconds since 1970 (UTC), where {@link
     * MbufFlags#RX_TIMESTAMP} is set. DPDK: a dynamic field of {@code rte_mbuf}.
     */
    public static long timestamp(long mbuf) {
        return RawMemory.getLong(mbuf + TIMESTAMP);
    }

    /** Sets the time of the capture, in the first bytes of the headroom. */
    public static void setTimestamp(long mbuf, long nanos) {
        RawMemory.putLong(mbuf + TIMESTAMP, nanos);
    }

    /**
     * Bytes that the packet had before it was cut, 0 to 2^32 - 1, where {@link MbufFlags#RX_CUT} is
     * set.
     */
    public static long originalLength(long mbuf) {
        return Integer.toUnsignedLong(RawMemory.getInt(mbuf + ORIGINAL_LENGTH));
    }

    /** Sets the bytes that the packet had before it was cut, in the headroom. */
    public static void setOriginalLength(long mbuf, long bytes) {
        RawMemory.putInt(mbuf + ORIGINAL_LENGTH, (int) bytes);
    }

    /** Gives the packet {@code to} the flags and all metadata of the packet {@code from}. */
    public static void copyMetadata(long from, long to) {
        long flags = flags(from);
        setUserData(to, userData(from));
        if (flags != 0) {
            setFlags(to, flags);
            RawMemory.copy(from + HASH, to + HASH, HEADER - HASH);
            RawMemory.copy(from + TIMESTAMP, to + TIMESTAMP, Long.BYTES + Integer.BYTES);
        }
    }
}
