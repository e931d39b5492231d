// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/**
 * Reads pcapng: sections in any byte order, which may change from one to the next, interfaces with
 * their own snaplen and unit of time, and the three kinds of packet blocks. Other blocks are
 * skipped. Source: draft-ietf-opsawg-pcapng.
 */
final class PcapngReader extends CaptureReader {
    static final int SECTION = 0x0a0d0d0a;
    static final int INTERFACE = 1;
    static final int OBSOLETE_PACKET = 2;
    static final int SIMPLE_PACKET = 3;
    static final int ENHANCED_PACKET = 6;
    static final int BYTE_ORDER = 0x1a2b3c4d;
    /** Bytes of a block without its body: type and length before it, length after it. */
    private static final int FRAME = 12;
    private static final int SECTION_LENGTH = 28;
    private static final int INTERFACE_LENGTH = 20;
    private static final int PACKET_DATA = 28;
    private static final int SIMPLE_DATA = 12;
    private static final int TRAILER = 4;
    static final int OPTION_RESOLUTION = 9;
    private static final int OPTION_OFFSET = 14;

    private final Interfaces interfaces = new Interfaces();
    private boolean inSection;

    PcapngReader(FileWindow file) {
        super(file);
    }

    @Override
    void begin() {
        inSection = false;
        interfaces.clear();
    }

    @Override
    boolean advance() {
        while (true) {
            long start = file.offset();
            if (!file.has(FRAME)) {
                return file.rest() != 0 || file.failed() ? failShort(start, FRAME) : false;
            }
            int type = file.int32(0);
            if (type == SECTION && !beginSection(start)) {
                return false;
            }
            if (!inSection) {
                return fail(Flaw.NO_CAPTURE, start, Integer.toUnsignedLong(type));
            }
            long length = file.uint32(4);
            if (length < FRAME || length % 4 != 0) {
                return fail(Flaw.BLOCK_LENGTH, start + 4, length);
            }
            switch (type) {
                case ENHANCED_PACKET, OBSOLETE_PACKET, SIMPLE_PACKET -> {
                    return packet(type, start, length);
                }
                case INTERFACE -> {
                    if (!whole(start, length, INTERFACE_LENGTH) || !addInterface(start, length)) {
                        return false;
                    }
                    file.skip(length);
                }
                default -> {
                    if (!skipBlock(start, length)) {
                        return false;
                    }
                }
            }
        }
    }

    private boolean beginSection(long start) {
        if (!file.has(SECTION_LENGTH)) {
            return failShort(start, SECTION_LENGTH);
        }
        file.bigEndian(false);
        int magic = file.int32(8);
        file.bigEndian(magic != BYTE_ORDER);
        if (file.int32(8) != BYTE_ORDER) {
            return fail(Flaw.BYTE_ORDER, start + 8, Integer.toUnsignedLong(magic));
        }
        if (file.uint16(12) != 1) {
            return fail(Flaw.VERSION, start + 12, file.uint16(12));
        }
        if (file.uint32(4) < SECTION_LENGTH) {
            return fail(Flaw.BLOCK_LENGTH, start + 4, file.uint32(4));
        }
        interfaces.clear();
        inSection = true;
        return true;
    }

    /** Skips a block, of any length. */
    private boolean skipBlock(long start, long length) {
        file.skip(length - TRAILER);
        if (!file.has(TRAILER)) {
            return fail(file.failed() ? Flaw.UNREADABLE : Flaw.BLOCK_CUT_OFF, start, length);
        }
        if (file.uint32(0) != length) {
            return fail(Flaw.BLOCK_TRAILER, file.offset(), file.uint32(0));
        }
        file.skip(TRAILER);
        return true;
    }

    /** Whether all of the block is in the window, at least {@code least} bytes, and consistent. */
    private boolean whole(long start, long length, int least) {
        if (length < least || length > FileWindow.SIZE) {
            return fail(Flaw.BLOCK_LENGTH, start + 4, length);
        }
        if (!file.has((int) length)) {
            return failShort(start, length);
        }
        long trailer = file.uint32((int) length - TRAILER);
        return trailer == length || fail(Flaw.BLOCK_TRAILER, start + length - TRAILER, trailer);
    }

    private boolean addInterface(long start, long length) {
        int linkType = file.uint16(8);
        if (linkType != ETHERNET) {
            return fail(Flaw.LINK_TYPE, start + 8, linkType);
        }
        if (interfaces.count() == Interfaces.MAX) {
            return fail(Flaw.INTERFACES, start, Interfaces.MAX);
        }
        int resolution = Interfaces.DEFAULT_RESOLUTION;
        long offset = 0;
        int end = (int) length - TRAILER;
        int at = 16;
        while (end - at >= 4 && file.uint16(at) != 0) {
            int option = file.uint16(at);
            int bytes = file.uint16(at + 2);
            if (bytes > end - at - 4) {
                return fail(Flaw.OPTION, start + at, bytes);
            }
            if (option == OPTION_RESOLUTION && bytes == 1) {
                resolution = file.uint8(at + 4);
            } else if (option == OPTION_OFFSET && bytes == Long.BYTES) {
                offset = file.int64(at + 4);
            }
            at += 4 + padded(bytes);
        }
        interfaces.add(PcapReader.snaplen(file.uint32(12)), resolution, offset);
        return true;
    }

    private static int padded(int bytes) {
        return bytes + 3 & -4;
    }

    private boolean packet(int type, long start, long length) {
        boolean simple = type == SIMPLE_PACKET;
        int dataAt = simple ? SIMPLE_DATA : PACKET_DATA;
        if (!whole(start, length, dataAt + TRAILER)) {
            return false;
        }
        long id = simple ? 0 : type == ENHANCED_PACKET ? file.uint32(8) : file.uint16(8);
        if (id >= interfaces.count()) {
            return fail(Flaw.NO_INTERFACE, start + 8, id);
        }
        int snaplen = interfaces.snaplen((int) id);
        long original = file.uint32(simple ? 8 : 24);
        long captured = simple ? Math.min(original, snaplen) : file.uint32(20);
        if (captured > MAX_FRAME) {
            return fail(Flaw.FRAME_TOO_LONG, start, captured);
        }
        if (captured > length - dataAt - TRAILER) {
            return fail(Flaw.FRAME_IN_BLOCK, start, captured);
        }
        found(file.position() + dataAt, (int) Math.min(captured, snaplen), original);
        if (simple) {
            untimed();
        } else {
            at(interfaces.nanos((int) id, file.uint32(12) << Integer.SIZE | file.uint32(16)));
        }
        file.skip(length);
        return true;
    }
}
