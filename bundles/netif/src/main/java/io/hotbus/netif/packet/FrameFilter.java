// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The program by which the kernel drops frames for other addresses, before it copies them. A packet
 * socket alone receives everything that the interface does, and a veth interface filters nothing.
 * Source: {@code linux/filter.h} (classic BPF).
 */
public final class FrameFilter {
    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int INSTRUCTION = 8;
    private static final int PROGRAM = 16;
    private static final int MOST_INSTRUCTIONS = 1024;
    private static final int LOAD_WORD = 0x20;
    private static final int LOAD_HALF = 0x28;
    private static final int LOAD_BYTE = 0x30;
    private static final int IF_EQUAL = 0x15;
    private static final int IF_SET = 0x45;
    private static final int RETURN = 0x06;
    // What the kernel knows of a frame: SKF_AD_OFF + SKF_AD_PKTTYPE, SKF_AD_OFF + SKF_AD_MARK.
    private static final int PACKET_TYPE = -0x1000 + 4;
    private static final int MARK = -0x1000 + 20;
    /** PACKET_OUTGOING of the kernel. */
    private static final int OUTGOING = 4;
    private static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    private final ByteBuffer program = ByteBuffer.allocate(MOST_INSTRUCTIONS * INSTRUCTION)
            .order(ByteOrder.nativeOrder());

    private FrameFilter() {
    }

    /** The program that accepts every frame but those that this host sends with that mark. */
    public static FrameFilter allButSent(int mark) {
        final FrameFilter filter = new FrameFilter();
        filter.add(LOAD_WORD, 0, 0, PACKET_TYPE);
        filter.add(IF_EQUAL, 0, 3, OUTGOING);
        filter.add(LOAD_WORD, 0, 0, MARK);
        filter.add(IF_EQUAL, 0, 1, mark);
        filter.add(RETURN, 0, 0, 0);
        filter.add(RETURN, 0, 0, -1);
        filter.program.flip();
        return filter;
    }

    /** Creates the program that accepts the frames of {@code filter}. */
    public FrameFilter(RxFilter filter) {
        if (!filter.promiscuous()) {
            filter.addresses().forEach(this::acceptAddress);
            if (filter.allMulticast()) {
                add(LOAD_BYTE, 0, 0, 0);
                add(IF_SET, 0, 1, 1);
                add(RETURN, 0, 0, -1);
            } else {
                acceptAddress(BROADCAST);
                filter.groups().forEach(this::acceptAddress);
            }
        }
        add(RETURN, 0, 0, filter.promiscuous() ? -1 : 0);
        program.flip();
    }

    private void acceptAddress(MacAddress address) {
        add(LOAD_WORD, 0, 0, 0);
        add(IF_EQUAL, 0, 3, (int) (address.value() >>> Short.SIZE));
        add(LOAD_HALF, 0, 0, 4);
        add(IF_EQUAL, 0, 1, (int) (address.value() & 0xffff));
        add(RETURN, 0, 0, -1);
    }

    /** Adds an instruction; {@code yes} and {@code no} are how many to skip. */
    private void add(int code, int yes, int no, int value) {
        program.putShort((short) code).put((byte) yes).put((byte) no).putInt(value);
    }

    /** Makes the socket use this program. */
    void attach(PacketOs os, String label, int fd) throws LinuxException {
        final long page = os.linux().pageSize();
        final long length = (program.limit() + PROGRAM + page - 1) / page * page;
        final long memory = os.linux().mapAnonymous("filter", length, page);
        try {
            RawMemory.copy(program.array(), 0, memory, program.limit());
            os.sockets().setOption(label + ": filter", fd, SOL_SOCKET, SO_ATTACH_FILTER,
                    ByteBuffer.allocate(PROGRAM).order(ByteOrder.nativeOrder())
                            .putShort(0, (short) (program.limit() / INSTRUCTION))
                            .putLong(8, memory));
        } finally {
            os.linux().unmap(memory, length);
        }
    }
}
