// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.MacAddress;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What LACP sends, in a frame. Source: IEEE 802.1AX, 6.4.2.
 *
 * @param actor   the sender
 * @param partner what the sender knows of the receiver
 */
record LacpPdu(Participant actor, Participant partner) {
    /** Slow Protocols. */
    static final MacAddress DESTINATION = new MacAddress(0x0180_c200_0002L);
    static final int ETHER_TYPE = 0x8809;
    /** Bytes of a frame. */
    static final int LENGTH = 124;
    /** Where the subtype of a slow protocol is. */
    static final int SUBTYPE = 14;
    static final int LACP = 1;
    private static final int VERSION = 1;
    private static final int ACTOR_TLV = 1;
    private static final int PARTNER_TLV = 2;
    private static final int COLLECTOR_TLV = 3;
    private static final int INFORMATION_LENGTH = 20;
    private static final int COLLECTOR_LENGTH = 16;
    private static final int RESERVED = 3;
    /** Up to the end of the partner's information. */
    private static final int MIN_LENGTH = SUBTYPE + 2 + 2 * INFORMATION_LENGTH;

    /** The frame. */
    byte[] frame(MacAddress source) {
        ByteBuffer frame = ByteBuffer.allocate(LENGTH);
        put(frame, DESTINATION);
        put(frame, source);
        frame.putShort((short) ETHER_TYPE).put((byte) LACP).put((byte) VERSION);
        put(frame, ACTOR_TLV, actor);
        put(frame, PARTNER_TLV, partner);
        frame.put((byte) COLLECTOR_TLV).put((byte) COLLECTOR_LENGTH);
        return frame.array();
    }

    private static void put(ByteBuffer frame, MacAddress mac) {
        frame.putShort((short) (mac.value() >>> Integer.SIZE)).putInt((int) mac.value());
    }

    private static void put(ByteBuffer frame, int type, Participant side) {
        frame.put((byte) type).put((byte) INFORMATION_LENGTH)
                .putShort((short) side.systemPriority());
        put(frame, side.system());
        frame.putShort((short) side.key()).putShort((short) side.portPriority())
                .putShort((short) side.port()).put((byte) side.state()).put(new byte[RESERVED]);
    }

    /** Reads a frame; empty if it is none of LACP, or is damaged. */
    static Optional<LacpPdu> read(byte[] bytes) {
        if (bytes.length < MIN_LENGTH || bytes[SUBTYPE] != LACP) {
            return Optional.empty();
        }
        ByteBuffer frame = ByteBuffer.wrap(bytes).position(SUBTYPE + 2);
        Optional<Participant> actor = side(frame, ACTOR_TLV);
        Optional<Participant> partner = side(frame, PARTNER_TLV);
        return actor.isPresent() && partner.isPresent()
                ? Optional.of(new LacpPdu(actor.get(), partner.get())) : Optional.empty();
    }

    private static Optional<Participant> side(ByteBuffer frame, int type) {
        boolean right = frame.get() == type & frame.get() == INFORMATION_LENGTH;
        int systemPriority = Short.toUnsignedInt(frame.getShort());
        long high = Short.toUnsignedLong(frame.getShort());
        MacAddress system =
                new MacAddress(high << Integer.SIZE | Integer.toUnsignedLong(frame.getInt()));
        Participant side = new Participant(systemPriority, system,
                Short.toUnsignedInt(frame.getShort()), Short.toUnsignedInt(frame.getShort()),
                Short.toUnsignedInt(frame.getShort()), Byte.toUnsignedInt(frame.get()));
        frame.position(frame.position() + RESERVED);
        return right ? Optional.of(side) : Optional.empty();
    }
}
