// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

/** Writes captures for tests, right ones and wrong ones. */
final class Captures {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private ByteOrder order;

    Captures(ByteOrder order) {
        this.order = order;
    }

    /** A pcap file without frames. */
    static Captures pcap(ByteOrder order, int magic, int snaplen, int linkType) {
        return new Captures(order).put(24, b -> b.putInt(magic).putShort((short) 2)
                .putShort((short) 4).putLong(0).putInt(snaplen).putInt(linkType));
    }

    /** A little-endian pcap file for nanoseconds. */
    static Captures nanos() {
        return pcap(ByteOrder.LITTLE_ENDIAN, PcapReader.NANOSECONDS, 262_144, 1);
    }

    /** The bytes of frame {@code number}. */
    static byte[] data(int number, int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (number * 31 + i);
        }
        return data;
    }

    Captures put(int size, Consumer<ByteBuffer> content) {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(order);
        content.accept(buffer);
        bytes.writeBytes(buffer.array());
        return this;
    }

    Captures raw(byte[] data) {
        bytes.writeBytes(data);
        return this;
    }

    /** A record of a pcap file. */
    Captures record(long seconds, int fraction, byte[] data, long original) {
        put(16, b -> b.putInt((int) seconds).putInt(fraction).putInt(data.length)
                .putInt((int) original));
        return raw(data);
    }

    Captures record(long seconds, int fraction, byte[] data) {
        return record(seconds, fraction, data, data.length);
    }

    Captures block(int type, byte[] body) {
        int length = 12 + (body.length + 3 & -4);
        return put(length, b -> b.putInt(type).putInt(length).put(body)
                .position(length - 4).putInt(length));
    }

    private byte[] body(int size, Consumer<ByteBuffer> content) {
        ByteBuffer buffer = ByteBuffer.allocate(size).order(order);
        content.accept(buffer);
        return buffer.array();
    }

    Captures section(ByteOrder next) {
        order = next;
        return block(PcapngReader.SECTION, body(16, b -> b.putInt(PcapngReader.BYTE_ORDER)
                .putShort((short) 1).putShort((short) 0).putLong(-1)));
    }

    Captures iface(int linkType, int snaplen) {
        return block(PcapngReader.INTERFACE, body(8, b -> b.putShort((short) linkType)
                .putShort((short) 0).putInt(snaplen)));
    }

    Captures timed(int resolution, long offset) {
        return block(PcapngReader.INTERFACE, body(8 + 4 + 4 + 8 + 4 + 8 + 4,
                b -> b.putShort((short) 1).putShort((short) 0).putInt(0)
                        .putShort((short) 2).putShort((short) 3).put(new byte[] {'e', 't', 'h', 0})
                        .putShort((short) 9).putShort((short) 1).put((byte) resolution)
                        .put(new byte[3])
                        .putShort((short) 14).putShort((short) 8).putLong(offset).putInt(0)));
    }

    Captures enhanced(int id, long ticks, byte[] data, long original) {
        return block(PcapngReader.ENHANCED_PACKET, body(20 + data.length,
                b -> b.putInt(id).putInt((int) (ticks >>> 32)).putInt((int) ticks)
                        .putInt(data.length).putInt((int) original).put(data)));
    }

    Captures obsolete(int id, long ticks, byte[] data, long original) {
        return block(PcapngReader.OBSOLETE_PACKET, body(20 + data.length,
                b -> b.putShort((short) id).putShort((short) 7).putInt((int) (ticks >>> 32))
                        .putInt((int) ticks).putInt(data.length).putInt((int) original)
                        .put(data)));
    }

    Captures simple(byte[] data, long original) {
        return block(PcapngReader.SIMPLE_PACKET, body(4 + data.length,
                b -> b.putInt((int) original).put(data)));
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** Reads {@code capture} at most {@code chunk} bytes at a time. */
    static Input input(byte[] capture, int chunk) {
        return (offset, to, at, length) -> {
            int got = (int) Math.max(0, Math.min(Math.min(length, chunk), capture.length - offset));
            if (got > 0) {
                System.arraycopy(capture, (int) offset, to, at, got);
            }
            return got;
        };
    }
}
