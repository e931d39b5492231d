// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The XDP program on one interface. It passes each frame to the socket of the queue that the frame
 * came on, and to the kernel's own network stack if that queue has no socket. The kernel removes
 * the program when this process closes its link, or ends. Control threads.
 */
final class XdpProgram implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(XdpProgram.class);

    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_UPDATE_ELEM = 2;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_LINK_CREATE = 28;
    private static final int BPF_MAP_TYPE_XSKMAP = 17;
    private static final int BPF_PROG_TYPE_XDP = 6;
    private static final int BPF_XDP = 37;
    private static final int BPF_F_XDP_HAS_FRAGS = 1 << 5;
    private static final int XDP_FLAGS_SKB_MODE = 1 << 1;
    /** Longer than each of the structures of attributes that are used here. */
    private static final int ATTRIBUTES = 128;

    private final Linux linux;
    private final int map;
    private final int link;

    private XdpProgram(Linux linux, int map, int link) {
        this.linux = linux;
        this.map = map;
        this.link = link;
    }

    /**
     * Puts the program on an interface.
     *
     * @param what the device and the interface, for messages
     * @param queues how many queues of the interface may get sockets, counted from 0
     * @throws LinuxException EBUSY: the interface has a program already
     */
    static XdpProgram attach(Linux linux, String what, int index, int queues)
            throws LinuxException {
        int map = linux.bpf("map for " + what, BPF_MAP_CREATE, attributes()
                .putInt(BPF_MAP_TYPE_XSKMAP).putInt(Integer.BYTES).putInt(Integer.BYTES)
                .putInt(queues).rewind());
        try {
            int program = load(linux, what, map);
            try {
                return new XdpProgram(linux, map, link(linux, what, program, index));
            } finally {
                linux.close(program); // the link keeps it
            }
        } catch (LinuxException e) {
            linux.close(map);
            throw e;
        }
    }

    /** Loads the program; for frames in several pieces, if the kernel knows such (Linux 5.18). */
    private static int load(Linux linux, String what, int map) throws LinuxException {
        try {
            return load(linux, what, map, BPF_F_XDP_HAS_FRAGS);
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return load(linux, what, map, 0);
        }
    }

    private static int load(Linux linux, String what, int map, int flags) throws LinuxException {
        long[] program = {
            instruction(0x61, 2, 1, 16, 0),  // r2 = ((struct xdp_md *) r1)->rx_queue_index
            instruction(0x18, 1, 1, 0, map), // r1 = the map of this descriptor
            0,                               // (upper half of the constant)
            instruction(0xb7, 3, 0, 0, 2),   // r3 = XDP_PASS, for queues without a socket
            instruction(0x85, 0, 0, 0, 51),  // r0 = bpf_redirect_map(r1, r2, r3)
            instruction(0x95, 0, 0, 0, 0),   // return r0
        };
        byte[] license = "Apache-2.0\0".getBytes();
        long page = linux.pageSize();
        long memory = linux.mapAnonymous("XDP program", page, page);
        try {
            for (int i = 0; i < program.length; i++) {
                RawMemory.putLong(memory + (long) i * Long.BYTES, program[i]);
            }
            long text = memory + (long) program.length * Long.BYTES;
            RawMemory.copy(license, 0, text, license.length);
            return linux.bpf("program for " + what, BPF_PROG_LOAD, attributes()
                    .putInt(BPF_PROG_TYPE_XDP).putInt(program.length).putLong(memory)
                    .putLong(text).putInt(44, flags).putInt(68, BPF_XDP).rewind());
        } finally {
            linux.unmap(memory, page);
        }
    }

    /** A {@code struct bpf_insn} on a little-endian machine. */
    private static long instruction(int code, int to, int from, int offset, int constant) {
        return code | (long) (to | from << 4) << 8 | (long) offset << 16 | (long) constant << 32;
    }

    /** Links in the driver's own mode if it has one, else in the kernel's generic mode. */
    private static int link(Linux linux, String what, int program, int index)
            throws LinuxException {
        try {
            return link(linux, what, program, index, 0);
        } catch (LinuxException e) {
            if (e.errno() == Errno.EBUSY || e.errno() == Errno.EEXIST) {
                throw e;
            }
            int link = link(linux, what, program, index, XDP_FLAGS_SKB_MODE);
            LOG.warn("{}: generic XDP, which is slower, because the interface refuses native: {}",
                    what, e.getMessage());
            return link;
        }
    }

    private static int link(Linux linux, String what, int program, int index, int flags)
            throws LinuxException {
        return linux.bpf("program on " + what, BPF_LINK_CREATE, attributes()
                .putInt(program).putInt(index).putInt(BPF_XDP).putInt(flags).rewind());
    }

    private static ByteBuffer attributes() {
        return ByteBuffer.allocate(ATTRIBUTES).order(ByteOrder.nativeOrder());
    }

    /** Passes the frames of a queue to a socket, until the socket is closed. */
    void redirect(String what, int queue, int socket) throws LinuxException {
        long page = linux.pageSize();
        long memory = linux.mapAnonymous("XDP map", page, page);
        try {
            RawMemory.putInt(memory, queue);
            RawMemory.putInt(memory + Integer.BYTES, socket);
            linux.bpf("queue of " + what, BPF_MAP_UPDATE_ELEM, attributes()
                    .putInt(map).putInt(0).putLong(memory).putLong(memory + Integer.BYTES)
                    .rewind());
        } finally {
            linux.unmap(memory, page);
        }
    }

    @Override
    public void close() {
        linux.close(link);
        linux.close(map);
    }
}
