// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MbufFlags;
import java.nio.ByteBuffer;

/** ARP for IPv4 over Ethernet, within up to two VLAN tags. Source: RFC 826. */
final class Arp {
    static final int REQUEST = 1;
    static final int REPLY = 2;
    /** Bytes of a packet. */
    static final int LENGTH = 28;
    /** Bytes of a frame at least, without its checksum. */
    private static final int MIN_FRAME = 60;
    private static final int ETHER_TYPE = 0x0806;
    /** Ethernet, IPv4, and the lengths of their addresses. */
    private static final long KIND = 0x0001_0800_0604L;
    private static final int KIND_SHIFT = 16;
    private static final int OPERATION = 6;
    private static final int SENDER = 8;
    private static final int SENDER_IP = 14;
    private static final int TARGET = 18;
    private static final int TARGET_IP = 24;

    private Arp() {
    }

    /** Where in memory the ARP packet is that a frame holds; 0 if there is none. */
    static long find(long mbuf) {
        long data = Mbuf.data(mbuf);
        int left = Mbuf.segmentLength(mbuf) - Fields.ETHERNET;
        long at = data + Fields.ETHERNET;
        int type = left >= 0 ? Fields.get16(data + Fields.TYPE) : 0;
        for (int i = 0; i < 2 && isTag(type) && left >= Fields.TAG; i++) {
            at += Fields.TAG;
            left -= Fields.TAG;
            type = Fields.get16(at - Short.BYTES);
        }
        return type == ETHER_TYPE && left >= LENGTH
                && Long.reverseBytes(RawMemory.getLong(at)) >>> KIND_SHIFT == KIND ? at : 0;
    }

    private static boolean isTag(int type) {
        return type == Fields.VLAN || type == Fields.QINQ;
    }

    /**
     * The VLAN tags, each with its Ethertype in front, the inner one in the low half; 0 if there
     * are none. A tag that the NIC has taken out, or shall insert, counts; of three, the inner two.
     */
    static long tags(long mbuf, long arp) {
        long flags = Mbuf.flags(mbuf) & (MbufFlags.RX_VLAN_STRIPPED | MbufFlags.TX_VLAN);
        long tags = flags == 0 ? 0 : (long) Fields.VLAN << Short.SIZE | Mbuf.vlanTci(mbuf);
        for (long at = Mbuf.data(mbuf) + Fields.TYPE; at < arp - Short.BYTES; at += Fields.TAG) {
            tags = tags << Integer.SIZE | Integer.toUnsignedLong(Fields.get32(at));
        }
        return tags;
    }

    static int operation(long arp) {
        return Fields.get16(arp + OPERATION);
    }

    static long sender(long arp) {
        return Fields.getMac(arp + SENDER);
    }

    static void setSender(long arp, long mac) {
        Fields.putMac(arp + SENDER, mac);
    }

    static int senderIp(long arp) {
        return Fields.get32(arp + SENDER_IP);
    }

    static long target(long arp) {
        return Fields.getMac(arp + TARGET);
    }

    static int targetIp(long arp) {
        return Fields.get32(arp + TARGET_IP);
    }

    /** A frame that tells {@code client} that {@code ip} is at {@code mac}. */
    static byte[] reply(long mac, int ip, long client, int clientIp, long tags) {
        ByteBuffer frame = ByteBuffer.allocate(MIN_FRAME);
        put(frame, client);
        put(frame, mac);
        if (tags >>> Integer.SIZE != 0) {
            frame.putInt((int) (tags >>> Integer.SIZE));
        }
        if ((int) tags != 0) {
            frame.putInt((int) tags);
        }
        frame.putShort((short) ETHER_TYPE).putShort((short) (KIND >>> Integer.SIZE))
                .putInt((int) KIND).putShort((short) REPLY);
        put(frame, mac);
        frame.putInt(ip);
        put(frame, client);
        frame.putInt(clientIp);
        return frame.array();
    }

    private static void put(ByteBuffer frame, long mac) {
        frame.putShort((short) (mac >>> Integer.SIZE)).putInt((int) mac);
    }
}
