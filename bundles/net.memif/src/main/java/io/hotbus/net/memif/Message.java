// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A message on the socket: {@value #BYTES} bytes, little-endian, the first two say which kind. */
sealed interface Message {
    int BYTES = 128;
    int VERSION = 2 << 8;
    int NAME_BYTES = 32;
    int SECRET_BYTES = 24;
    int REASON_BYTES = 96;
    int MODE_ETHERNET = 0;
    int FLAG_S2M = 1;

    int ACK = 1;
    int HELLO = 2;
    int INIT = 3;
    int ADD_REGION = 4;
    int ADD_RING = 5;
    int CONNECT = 6;
    int CONNECTED = 7;
    int DISCONNECT = 8;

    /** The server took the last message. */
    record Ack() implements Message {
    }

    /** What the server allows: the largest index of regions and rings, and the largest ring. */
    record Hello(String name, int minVersion, int maxVersion, int maxRegion, int maxM2s,
            int maxS2m, int maxLog2Ring) implements Message {
    }

    /** The interface that the client asks for. */
    record Init(int version, int id, int mode, String secret, String name) implements Message {
    }

    /** A region, whose descriptor comes with the message. */
    record AddRegion(int index, long size) implements Message {
    }

    /** A ring, whose eventfd comes with the message. */
    record AddRing(boolean s2m, int index, int region, long offset, int log2Size)
            implements Message {
    }

    /** The client has told all regions and rings. */
    record Connect(String name) implements Message {
    }

    /** The server uses the rings from now on. */
    record Connected(String name) implements Message {
    }

    /** The end of the connection. */
    record Disconnect(String reason) implements Message {
    }

    /** How many descriptors come with the message. */
    default int descriptors() {
        return this instanceof AddRegion || this instanceof AddRing ? 1 : 0;
    }

    /**
     * Parses a message.
     *
     * @throws ProtocolException the length is wrong, or there is no such kind
     */
    static Message parse(ByteBuffer bytes) throws ProtocolException {
        if (bytes.remaining() != BYTES) {
            throw new ProtocolException("Invalid message size " + bytes.remaining());
        }
        ByteBuffer in = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int type = u16(in);
        return switch (type) {
            case ACK -> new Ack();
            case HELLO -> new Hello(text(in, NAME_BYTES), u16(in), u16(in), u16(in), u16(in),
                    u16(in), u8(in));
            case INIT -> new Init(u16(in), in.getInt(), u8(in), text(in, SECRET_BYTES),
                    text(in, NAME_BYTES));
            case ADD_REGION -> new AddRegion(u16(in), in.getLong());
            case ADD_RING -> new AddRing((u16(in) & FLAG_S2M) != 0, u16(in), u16(in),
                    Integer.toUnsignedLong(in.getInt()), u8(in));
            case CONNECT -> new Connect(text(in, NAME_BYTES));
            case CONNECTED -> new Connected(text(in, NAME_BYTES));
            case DISCONNECT -> {
                in.getInt(); // a code, which is always 0
                yield new Disconnect(text(in, REASON_BYTES));
            }
            default -> throw new ProtocolException("Unknown message type " + type);
        };
    }

    private static int u8(ByteBuffer in) {
        return Byte.toUnsignedInt(in.get());
    }

    private static int u16(ByteBuffer in) {
        return Short.toUnsignedInt(in.getShort());
    }

    /** The text up to a zero, if there is one; for a log, only what can be printed. */
    private static String text(ByteBuffer in, int bytes) {
        byte[] text = new byte[bytes];
        in.get(text);
        int length = 0;
        while (length < bytes && text[length] != 0) {
            length++;
        }
        return new String(text, 0, length, StandardCharsets.UTF_8)
                .replaceAll("\\p{Cntrl}", "?");
    }

    /** The bytes of the message. */
    default ByteBuffer bytes() {
        ByteBuffer out = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (this instanceof Ack) {
            put16(out, ACK);
        } else if (this instanceof Hello hello) {
            put(put16(out, HELLO), hello.name, NAME_BYTES);
            put16(out, hello.minVersion, hello.maxVersion, hello.maxRegion, hello.maxM2s,
                    hello.maxS2m).put((byte) hello.maxLog2Ring);
        } else if (this instanceof Init init) {
            put16(out, INIT, init.version).putInt(init.id).put((byte) init.mode);
            put(put(out, init.secret, SECRET_BYTES), init.name, NAME_BYTES);
        } else if (this instanceof AddRegion region) {
            put16(out, ADD_REGION, region.index).putLong(region.size);
        } else if (this instanceof AddRing ring) {
            put16(out, ADD_RING, ring.s2m ? FLAG_S2M : 0, ring.index, ring.region)
                    .putInt((int) ring.offset).put((byte) ring.log2Size);
        } else if (this instanceof Connect connect) {
            put(put16(out, CONNECT), connect.name, NAME_BYTES);
        } else if (this instanceof Connected connected) {
            put(put16(out, CONNECTED), connected.name, NAME_BYTES);
        } else if (this instanceof Disconnect disconnect) {
            put(put16(out, DISCONNECT).putInt(0), disconnect.reason, REASON_BYTES);
        }
        return out.clear();
    }

    private static ByteBuffer put16(ByteBuffer out, int... values) {
        for (int value : values) {
            out.putShort((short) value);
        }
        return out;
    }

    /** Writes a text with at least one zero after it into a field of {@code size} bytes. */
    private static ByteBuffer put(ByteBuffer out, String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int next = out.position() + size;
        out.put(bytes, 0, Math.min(bytes.length, size - 1));
        return out.position(next);
    }
}
