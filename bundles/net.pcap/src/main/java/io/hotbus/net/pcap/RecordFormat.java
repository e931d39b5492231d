// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** The formats in which frames are written: little-endian, Ethernet, times in nanoseconds. */
enum RecordFormat {
    /** A pcap file with the magic a1b23c4d. */
    PCAP(PcapReader.RECORD) {
        @Override
        byte[] header() {
            return buffer(PcapReader.HEADER).putInt(PcapReader.NANOSECONDS)
                    .putShort((short) 2).putShort((short) 4).putLong(0)
                    .putInt(CaptureReader.MAX_FRAME).putInt(CaptureReader.ETHERNET).array();
        }

        @Override
        int size(int length) {
            return PcapReader.RECORD + length;
        }

        @Override
        void frame(byte[] to, int at, int length, long original, long nanos) {
            INT.set(to, at, (int) Math.floorDiv(nanos, SECOND));
            INT.set(to, at + 4, (int) Math.floorMod(nanos, SECOND));
            INT.set(to, at + 8, length);
            INT.set(to, at + 12, (int) original);
        }
    },
    /** A section of a pcapng file, with one interface. */
    PCAPNG(28) {
        @Override
        byte[] header() {
            ByteBuffer header = buffer(28 + 32).putInt(PcapngReader.SECTION).putInt(28)
                    .putInt(PcapngReader.BYTE_ORDER).putShort((short) 1).putShort((short) 0)
                    .putLong(-1).putInt(28);
            return header.putInt(PcapngReader.INTERFACE).putInt(32)
                    .putShort((short) CaptureReader.ETHERNET).putShort((short) 0)
                    .putInt(CaptureReader.MAX_FRAME)
                    .putShort((short) PcapngReader.OPTION_RESOLUTION).putShort((short) 1)
                    .putInt(NANO_DIGITS).putInt(0).putInt(32).array();
        }

        @Override
        int size(int length) {
            return 32 + (length + 3 & -4);
        }

        @Override
        void frame(byte[] to, int at, int length, long original, long nanos) {
            int size = size(length);
            INT.set(to, at + size - 8, 0); // the padding, before the frame is copied
            INT.set(to, at, PcapngReader.ENHANCED_PACKET);
            INT.set(to, at + 4, size);
            INT.set(to, at + 8, 0);
            INT.set(to, at + 12, (int) (nanos >>> Integer.SIZE));
            INT.set(to, at + 16, (int) nanos);
            INT.set(to, at + 20, length);
            INT.set(to, at + 24, (int) original);
            INT.set(to, at + size - 4, size);
        }
    };

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long SECOND = 1_000_000_000;
    private static final int NANO_DIGITS = 9;

    private final int dataAt;

    RecordFormat(int dataAt) {
        this.dataAt = dataAt;
    }

    /** The format that the name of a file asks for. */
    static RecordFormat of(Path path) {
        return path.toString().endsWith(".pcapng") ? PCAPNG : PCAP;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The bytes that a file begins with. */
    abstract byte[] header();

    /** Bytes that a frame of that length takes in the file. */
    abstract int size(int length);

    /** Writes all of a frame but its data to {@code at}. */
    abstract void frame(byte[] to, int at, int length, long original, long nanos);

    /** Where the data of a frame lie, after the beginning of the frame. */
    final int dataAt() {
        return dataAt;
    }
}
