// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes and reads the messages of rtnetlink about links. Reading is strict: a length that does not
 * fit is an error, and no byte outside of a message is read. Source: {@code linux/netlink.h},
 * {@code linux/rtnetlink.h}, {@code linux/if_link.h}.
 */
final class LinkMessages {
    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;
    static final int RTM_SETLINK = 19;
    static final int NLM_F_REQUEST = 1;
    static final int NLM_F_ACK = 4;
    static final int NLM_F_DUMP = 0x300;

    static final int IFLA_ADDRESS = 1;
    static final int IFLA_IFNAME = 3;
    static final int IFLA_MTU = 4;
    private static final int IFLA_MAX_MTU = 51;

    private static final int HEADER = 16;
    private static final int LINK = 16;
    private static final int ATTRIBUTE = 4;
    private static final int TYPE_MASK = 0x3fff;
    private static final int ALIGNMENT = 4;
    private static final int MAC_BYTES = 6;
    private static final int REQUEST = 256;

    private LinkMessages() {
    }

    /**
     * One message of a datagram.
     *
     * @param type     such as {@link #RTM_NEWLINK}
     * @param sequence the number of the request that it answers; 0 if it is a notice
     * @param body     what follows the header
     */
    record Message(int type, int sequence, ByteBuffer body) {
        /** The errno of an {@link #NLMSG_ERROR}; 0 is an acknowledgement. */
        int errno() throws ProtocolException {
            require(body.remaining() >= Integer.BYTES, "an error without a number");
            return -body.getInt(body.position());
        }
    }

    /**
     * An attribute of a message.
     *
     * @param type such as {@link #IFLA_MTU}
     */
    record Attribute(int type, ByteBuffer value) {
    }

    /** Splits a datagram, which is consumed. */
    static List<Message> split(ByteBuffer datagram) throws ProtocolException {
        final ByteBuffer in = datagram.order(ByteOrder.nativeOrder());
        final List<Message> messages = new ArrayList<>();
        while (in.hasRemaining()) {
            final int start = in.position();
            require(in.remaining() >= HEADER, "a header of " + in.remaining() + " bytes");
            final int length = in.getInt(start);
            require(length >= HEADER && length <= in.remaining(),
                    "a length of " + length + " of " + in.remaining() + " bytes");
            messages.add(new Message(Short.toUnsignedInt(in.getShort(start + 4)),
                    in.getInt(start + 8), slice(in, start + HEADER, length - HEADER)));
            in.position(Math.min(in.limit(), start + aligned(length)));
        }
        return messages;
    }

    /**
     * Reads the interface of an {@link #RTM_NEWLINK} or {@link #RTM_DELLINK}. Empty if the message
     * is about something else: a bridge reports with the same types that a member left it.
     */
    static Optional<NetInterface> link(ByteBuffer body) throws ProtocolException {
        require(body.remaining() >= LINK, "a link of " + body.remaining() + " bytes");
        final int start = body.position();
        if (body.get(start) != 0) {
            return Optional.empty();
        }
        String name = "";
        Optional<MacAddress> mac = Optional.empty();
        int mtu = 0;
        int maxMtu = 0;
        for (Attribute attribute : attributes(ofLink(body))) {
            final ByteBuffer value = attribute.value();
            switch (attribute.type()) {
                case IFLA_IFNAME -> name = text(value);
                case IFLA_ADDRESS -> mac = mac(value);
                case IFLA_MTU -> mtu = word(value);
                case IFLA_MAX_MTU -> maxMtu = word(value);
                default -> { }
            }
        }
        final int index = body.getInt(start + 4);
        require(index > 0 && !name.isEmpty(), "a link without an index or a name");
        return Optional.of(new NetInterface(index, name,
                Short.toUnsignedInt(body.getShort(start + 2)), mac, mtu, maxMtu,
                body.getInt(start + 8)));
    }

    /** What follows the fixed part of an {@link #RTM_NEWLINK}. */
    static ByteBuffer ofLink(ByteBuffer body) throws ProtocolException {
        require(body.remaining() >= LINK, "a link of " + body.remaining() + " bytes");
        return slice(body, body.position() + LINK, body.remaining() - LINK);
    }

    /** Splits attributes, which may be those in the value of another one. */
    static List<Attribute> attributes(ByteBuffer in) throws ProtocolException {
        final List<Attribute> attributes = new ArrayList<>();
        while (in.remaining() >= ATTRIBUTE) {
            final int at = in.position();
            final int length = Short.toUnsignedInt(in.getShort(at));
            require(length >= ATTRIBUTE && length <= in.remaining(),
                    "an attribute of " + length + " of " + in.remaining() + " bytes");
            attributes.add(new Attribute(in.getShort(at + 2) & TYPE_MASK,
                    slice(in, at + ATTRIBUTE, length - ATTRIBUTE)));
            in.position(Math.min(in.limit(), at + aligned(length)));
        }
        return attributes;
    }

    private static String text(ByteBuffer value) {
        final byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static Optional<MacAddress> mac(ByteBuffer value) {
        return value.remaining() == MAC_BYTES ? Optional.of(address(value)) : Optional.empty();
    }

    /** The address in the next six bytes. */
    static MacAddress address(ByteBuffer value) {
        long mac = 0;
        for (int i = 0; i < MAC_BYTES; i++) {
            mac = mac << Byte.SIZE | Byte.toUnsignedLong(value.get());
        }
        return new MacAddress(mac);
    }

    /** The six bytes of an address. */
    static byte[] bytes(MacAddress mac) {
        final byte[] bytes = new byte[MAC_BYTES];
        for (int i = 0; i < MAC_BYTES; i++) {
            bytes[i] = (byte) (mac.value() >>> Byte.SIZE * (MAC_BYTES - 1 - i));
        }
        return bytes;
    }

    private static int word(ByteBuffer value) throws ProtocolException {
        require(value.remaining() == Integer.BYTES, "a number of " + value.remaining() + " bytes");
        return value.getInt(value.position());
    }

    private static ByteBuffer slice(ByteBuffer from, int start, int length) {
        return from.slice(start, length).order(ByteOrder.nativeOrder());
    }

    private static int aligned(int length) {
        return length + ALIGNMENT - 1 & -ALIGNMENT;
    }

    static void require(boolean right, String what) throws ProtocolException {
        if (!right) {
            throw new ProtocolException("rtnetlink: " + what);
        }
    }

    /** Begins a request about the link {@code index}, or about no link in particular if 0. */
    static ByteBuffer request(int type, int flags, int sequence, int index) {
        return ByteBuffer.allocate(REQUEST).order(ByteOrder.nativeOrder())
                .putInt(0).putShort((short) type).putShort((short) (flags | NLM_F_REQUEST))
                .putInt(sequence).putInt(0)
                .putInt(0).putInt(index).putInt(0).putInt(0);
    }

    /** Sets the flags in {@code mask} of the link of a request. */
    static void putFlags(ByteBuffer request, int flags, int mask) {
        request.putInt(HEADER + 8, flags).putInt(HEADER + 12, mask);
    }

    /** Appends an attribute. */
    static void put(ByteBuffer request, int attribute, byte[] value) {
        request.putShort((short) (ATTRIBUTE + value.length)).putShort((short) attribute)
                .put(value).position(aligned(request.position()));
    }

    /** Appends an attribute that is a number. */
    static void put(ByteBuffer request, int attribute, int value) {
        put(request, attribute, ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder()).putInt(value).array());
    }

    /** Ends a request: what remains of it is to be sent. */
    static ByteBuffer end(ByteBuffer request) {
        return request.flip().putInt(0, request.limit());
    }
}
