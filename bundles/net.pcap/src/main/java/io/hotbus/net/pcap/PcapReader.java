// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/**
 * Reads pcap, in both byte orders, with times in microseconds or nanoseconds. Source:
 * draft-ietf-opsawg-pcap.
 */
final class PcapReader extends CaptureReader {
    static final int MICROSECONDS = 0xa1b2c3d4;
    static final int NANOSECONDS = 0xa1b23c4d;
    static final int HEADER = 24;
    static final int RECORD = 16;
    private static final int MAJOR = 2;
    private static final int MINOR = 4;
    static final int SNAPLEN = 16;
    static final int LINK_TYPE = 20;
    /** The bits above tell of frame check sequences, which are bytes of the frames like others. */
    private static final int LINK_TYPE_MASK = 0xffff;
    private static final long SECOND = 1_000_000_000;

    private boolean begun;
    private int unit;
    private int snaplen;

    PcapReader(FileWindow file) {
        super(file);
    }

    @Override
    void begin() {
        begun = false;
    }

    private boolean readHeader() {
        file.bigEndian(false);
        if (!file.has(HEADER)) {
            return failShort(0, HEADER);
        }
        int magic = file.int32(0);
        int swapped = Integer.reverseBytes(magic);
        file.bigEndian(swapped == MICROSECONDS || swapped == NANOSECONDS);
        int known = file.int32(0);
        if (known != MICROSECONDS && known != NANOSECONDS) {
            return fail(Flaw.NO_CAPTURE, 0, Integer.toUnsignedLong(magic));
        }
        unit = known == NANOSECONDS ? 1 : 1000;
        if (file.uint16(4) != MAJOR || file.uint16(6) < MINOR) {
            return fail(Flaw.VERSION, 4, file.uint16(4));
        }
        int linkType = file.int32(LINK_TYPE) & LINK_TYPE_MASK;
        if (linkType != ETHERNET) {
            return fail(Flaw.LINK_TYPE, LINK_TYPE, linkType);
        }
        snaplen = snaplen(file.uint32(SNAPLEN));
        file.skip(HEADER);
        begun = true;
        return true;
    }

    /** Bytes to keep of each frame; libpcap takes 0, and what is too large, for its maximum. */
    static int snaplen(long written) {
        return written == 0 || written > MAX_FRAME ? MAX_FRAME : (int) written;
    }

    @Override
    boolean advance() {
        if (!begun && !readHeader()) {
            return false;
        }
        long record = file.offset();
        if (!file.has(RECORD)) {
            return file.rest() != 0 || file.failed() ? failShort(record, RECORD) : false;
        }
        long length = file.uint32(8);
        if (length > MAX_FRAME) {
            return fail(Flaw.FRAME_TOO_LONG, record, length);
        }
        int whole = RECORD + (int) length;
        if (!file.has(whole)) {
            return failShort(record, whole);
        }
        found(file.position() + RECORD, (int) Math.min(length, snaplen), file.uint32(12));
        at(file.uint32(0) * SECOND + file.uint32(4) * unit);
        file.skip(whole);
        return true;
    }
}
