// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.testkit.pci.Toeplitz;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The RSS of the model. Source: 5.1.6.5.7 for the command, 5.1.6.4.3 for the hash. */
final class FakeVirtioRss {
    private static final int HEAD = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;

    private boolean on;
    private int types;
    private int unclassified;
    private int[] table = {};
    private byte[] key = {};

    /** The device was reset. */
    void reset() {
        on = false;
    }

    /** Takes the command with its class; says what is wrong with it, or returns null. */
    String obey(byte[] command) {
        ByteBuffer data = ByteBuffer.wrap(command, HEAD, command.length - HEAD)
                .order(ByteOrder.LITTLE_ENDIAN);
        types = data.getInt();
        table = new int[Short.toUnsignedInt(data.getShort()) + 1];
        unclassified = data.getShort();
        Arrays.setAll(table, i -> data.getShort());
        int pairs = data.getShort();
        key = new byte[Byte.toUnsignedInt(data.get())];
        if (Integer.bitCount(table.length) != 1 || pairs < 1 || data.remaining() != key.length) {
            return "a wrong command of RSS: " + Arrays.toString(command);
        }
        data.get(key);
        on = true;
        return null;
    }

    /** The index of the receive queue of a frame; {@code other} without RSS. */
    int queue(byte[] frame, int other) {
        if (!on) {
            return other;
        }
        int type = (frame[12] & 0xff) << 8 | frame[13] & 0xff;
        byte[] fields = type == 0x0800 ? fields(frame, 26, 8, 23, 0)
                : type == 0x86dd ? fields(frame, 22, 32, 20, 3) : null;
        return 2 * (fields == null ? unclassified
                : table[Toeplitz.hash(i -> key[i], fields) & table.length - 1]);
    }

    /** {@code shift}: between the bits of IPv4 and those of this protocol. */
    private byte[] fields(byte[] frame, int from, int length, int protocolAt, int shift) {
        int protocol = frame[protocolAt];
        int ports = protocol == TCP ? VirtioRegs.HASH_TYPE_TCP_V4
                : protocol == UDP ? VirtioRegs.HASH_TYPE_UDP_V4 : 0;
        if ((types & ports << shift) != 0) {
            return Arrays.copyOfRange(frame, from, from + length + 4);
        }
        return (types & VirtioRegs.HASH_TYPE_IPV4 << shift) == 0 ? null
                : Arrays.copyOfRange(frame, from, from + length);
    }
}
