// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/**
 * Finds the frames of a capture, one after the other. One thread at a time; {@link #next} never
 * throws, and allocates only for interfaces of a pcapng file.
 */
abstract class CaptureReader {
    /** Bytes of the longest frame. Source: libpcap {@code MAXIMUM_SNAPLEN}. */
    static final int MAX_FRAME = 262_144;
    static final int ETHERNET = 1;

    final FileWindow file;
    private int dataAt;
    private int captured;
    private long original;
    private long time;
    private boolean timed;
    private Flaw flaw;
    private long flawOffset;
    private long flawNumber;

    CaptureReader(FileWindow file) {
        this.file = file;
    }

    /**
     * Opens a capture and looks at its first frame, if it has any. The next frame is the first.
     *
     * @throws CaptureException it is no capture, or damaged before its first frame
     */
    static CaptureReader open(Input input) throws CaptureException {
        FileWindow file = new FileWindow(input);
        boolean whole = file.has(Integer.BYTES);
        if (!whole && file.rest() == 0 && !file.failed()) {
            throw new CaptureException(Flaw.EMPTY.words(0));
        }
        CaptureReader reader = whole && file.int32(0) == PcapngReader.SECTION
                ? new PcapngReader(file) : new PcapReader(file);
        if (!reader.next() && reader.hasFlaw()) {
            throw new CaptureException(reader.flaw());
        }
        reader.rewind();
        return reader;
    }

    /**
     * Reads a capture to its end.
     *
     * @throws CaptureException it is damaged
     */
    static void requireWhole(CaptureReader reader) throws CaptureException {
        boolean more = true;
        while (more) {
            more = reader.next();
        }
        if (reader.hasFlaw()) {
            throw new CaptureException(reader.flaw());
        }
    }

    /** Goes to the beginning of the capture. */
    final void rewind() {
        file.rewind();
        flaw = null;
        begin();
    }

    /** Forgets what was read of the capture. */
    abstract void begin();

    /** Reads on to the next frame. Returns whether there is one; if so, {@link #found} was used. */
    abstract boolean advance();

    /**
     * Goes to the next frame.
     *
     * @return false at the end of the capture, which is a {@linkplain #hasFlaw flaw} or not
     */
    final boolean next() {
        return flaw == null && advance();
    }

    /** Keeps the frame whose data begin at the index {@code at} of the window. */
    final void found(int at, int capturedBytes, long originalBytes) {
        dataAt = at;
        captured = capturedBytes;
        original = Math.max(capturedBytes, originalBytes);
    }

    /** Keeps the time of the frame. */
    final void at(long nanos) {
        time = nanos;
        timed = true;
    }

    /** Notes that the frame has no time. */
    final void untimed() {
        timed = false;
    }

    /** Notes what is wrong {@code offset} bytes from the beginning. Returns false. */
    final boolean fail(Flaw what, long offset, long number) {
        flaw = what;
        flawOffset = offset;
        flawNumber = number;
        return false;
    }

    /** Notes that the capture ends, though {@code count} bytes are needed at {@code offset}. */
    final boolean failShort(long offset, long count) {
        return file.failed() ? fail(Flaw.UNREADABLE, offset, 0)
                : fail(Flaw.CUT_OFF, offset, count - file.rest());
    }

    /** The index of the first byte of the frame in {@link #bytes}. */
    final int dataAt() {
        return dataAt;
    }

    /** The window with the frame; valid until the next call of {@link #next}. */
    final byte[] bytes() {
        return file.bytes();
    }

    /** Bytes of the frame in the capture. */
    final int captured() {
        return captured;
    }

    /** Bytes that the frame had, at least {@link #captured}. */
    final long original() {
        return original;
    }

    /** When it was captured: nanoseconds since 1970. */
    final long time() {
        return time;
    }

    /** Whether the capture tells {@link #time}. */
    final boolean timed() {
        return timed;
    }

    /** The offset of the byte after the frame, or of the end. */
    final long offset() {
        return file.offset();
    }

    final boolean hasFlaw() {
        return flaw != null;
    }

    /** Says what is wrong, and where. */
    final String flaw() {
        return "byte %s: %s".formatted(flawOffset, flaw.words(flawNumber));
    }
}
