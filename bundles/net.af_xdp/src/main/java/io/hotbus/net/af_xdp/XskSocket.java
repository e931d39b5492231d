// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.net.af_xdp.XskRing.Layout;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.PacketCalls;
import io.hotbus.os.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * One AF_XDP socket: its rings, and the frames that it shares with the kernel. Opened and closed on
 * control threads; the rings belong to the threads of the two queues.
 */
final class XskSocket implements AutoCloseable {
    private static final int AF_XDP = 44;
    private static final int SOCK_RAW = 3;
    private static final int SOL_XDP = 283;
    private static final int XDP_MMAP_OFFSETS = 1;
    private static final int XDP_RX_RING = 2;
    private static final int XDP_TX_RING = 3;
    private static final int XDP_UMEM_REG = 4;
    private static final int XDP_UMEM_FILL_RING = 5;
    private static final int XDP_UMEM_COMPLETION_RING = 6;
    private static final int XDP_STATISTICS = 7;
    private static final long PAGES_OF_TX_RING = 0x8000_0000L;
    private static final long PAGES_OF_FILL_RING = 0x1_0000_0000L;
    private static final long PAGES_OF_COMPLETION_RING = 0x1_8000_0000L;
    private static final int XDP_COPY = 1 << 1;
    private static final int XDP_USE_NEED_WAKEUP = 1 << 3;
    private static final int XDP_USE_SG = 1 << 4;
    private static final int SOL_SOCKET = 1;
    private static final int SO_BUSY_POLL = 46;
    private static final int SO_PREFER_BUSY_POLL = 69;
    private static final int SO_BUSY_POLL_BUDGET = 70;
    /** Microseconds that a system call may poll the interface, as DPDK sets it. */
    private static final int BUSY_POLL_MICROS = 20;
    private static final int ADDRESS_BYTES = 16;
    private static final int UMEM_REG_BYTES = 32;
    private static final int LAYOUT_BYTES = 32;
    private static final int LAYOUTS = 4;
    private static final int STATISTICS_BYTES = 48;
    private static final int RX_DROPPED = 0;
    private static final int RX_RING_FULL = 24;
    /** How long the kernel may take to release a queue whose socket was closed. */
    private static final Duration RELEASE = Duration.ofSeconds(1);
    private static final Duration RELEASE_LOOK = Duration.ofMillis(1);
    /** {@code struct xdp_desc}. */
    private static final int DESCRIPTOR_BYTES = 16;

    /**
     * What a socket is opened for.
     *
     * @param what   the queue, for messages
     * @param index  of the interface
     * @param queue  of the interface
     * @param rxSize entries of the receive ring and of the fill ring; 0 if it does not receive
     * @param txSize entries of the transmit ring and of the completion ring; 0 if it does not send
     */
    record Wish(String what, int index, int queue, int rxSize, int txSize, boolean forceCopy,
            int busyBudget) {
    }

    /** Services that a socket uses. */
    record Os(Linux linux, Sockets sockets, PacketCalls packets) {
    }

    private final Os os;
    private final Linux linux;
    private final Sockets sockets;
    private final Wish wish;
    private final Umem umem;
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private final int fd;
    private XskRing fill;
    private XskRing completion;
    private XskRing rx;
    private XskRing tx;
    private boolean severalPieces;

    private XskSocket(Os os, Wish wish, Umem umem) throws LinuxException {
        this.os = os;
        this.linux = os.linux;
        this.sockets = os.sockets;
        this.wish = wish;
        this.umem = umem;
        this.fd = sockets.open(wish.what, AF_XDP, SOCK_RAW, 0);
        undo.push(umem::close);
        undo.push(() -> linux.close(fd));
    }

    /**
     * Opens a socket, with frames for all entries of its rings. The kernel may need a moment after
     * an earlier socket of the queue was closed.
     *
     * @throws LinuxException EBUSY: another socket has this queue; EINVAL: no such queue
     */
    static XskSocket open(Os os, DmaAllocator memory, Wish wish) throws IOException {
        long end = System.nanoTime() + RELEASE.toNanos();
        while (true) {
            try {
                return tryOpen(os, memory, wish);
            } catch (LinuxException e) {
                if (e.errno() != Errno.EBUSY || System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(RELEASE_LOOK.toNanos());
            }
        }
    }

    private static XskSocket tryOpen(Os os, DmaAllocator memory, Wish wish) throws IOException {
        Umem umem = Umem.allocate(memory, wish.what, wish.rxSize, wish.txSize);
        XskSocket socket;
        try {
            socket = new XskSocket(os, wish, umem);
        } catch (LinuxException e) {
            umem.close();
            throw e;
        }
        try {
            socket.makeRings();
            socket.bind();
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    private void makeRings() throws LinuxException {
        sockets.setOption(wish.what, fd, SOL_XDP, XDP_UMEM_REG,
                bytes(UMEM_REG_BYTES).putLong(umem.memory().address()).putLong(umem.length())
                        .putInt(Umem.CHUNK).rewind());
        // Every socket has a fill and a completion ring, even if it needs only one of them.
        int fillSize = Math.max(1, wish.rxSize);
        int completionSize = Math.max(1, wish.txSize);
        sockets.setOption(wish.what, fd, SOL_XDP, XDP_UMEM_FILL_RING, fillSize);
        sockets.setOption(wish.what, fd, SOL_XDP, XDP_UMEM_COMPLETION_RING, completionSize);
        if (wish.rxSize > 0) {
            sockets.setOption(wish.what, fd, SOL_XDP, XDP_RX_RING, wish.rxSize);
        }
        if (wish.txSize > 0) {
            sockets.setOption(wish.what, fd, SOL_XDP, XDP_TX_RING, wish.txSize);
        }
        ByteBuffer layouts = bytes(LAYOUTS * LAYOUT_BYTES);
        if (sockets.getOption(wish.what, fd, SOL_XDP, XDP_MMAP_OFFSETS, layouts)
                != layouts.capacity()) {
            throw new LinuxException("getsockopt(" + wish.what + ")", Errno.EINVAL,
                    "the kernel is too old: Linux 5.4 or later is needed");
        }
        Layout rxLayout = layout(layouts);
        Layout txLayout = layout(layouts);
        fill = ring("fill", layout(layouts), Long.BYTES, fillSize, PAGES_OF_FILL_RING);
        completion = ring("completion", layout(layouts), Long.BYTES, completionSize,
                PAGES_OF_COMPLETION_RING);
        if (wish.rxSize > 0) {
            rx = ring("receive", rxLayout, DESCRIPTOR_BYTES, wish.rxSize, 0);
        }
        if (wish.txSize > 0) {
            tx = ring("transmit", txLayout, DESCRIPTOR_BYTES, wish.txSize, PAGES_OF_TX_RING);
        }
    }

    private static Layout layout(ByteBuffer from) {
        return new Layout(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    private XskRing ring(String name, Layout layout, int entryBytes, int size, long pages)
            throws LinuxException {
        long length = layout.length(entryBytes, size);
        long address = linux.map(wish.what + " " + name + " ring", length, fd, pages);
        undo.push(() -> unmap(address, length));
        return new XskRing(address, layout, entryBytes, size);
    }

    private void unmap(long address, long length) {
        try {
            linux.unmap(address, length);
        } catch (LinuxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Binds for frames in several pieces, if the kernel and the interface have them. */
    private void bind() throws LinuxException {
        if (wish.busyBudget > 0) {
            sockets.setOption(wish.what, fd, SOL_SOCKET, SO_PREFER_BUSY_POLL, 1);
            sockets.setOption(wish.what, fd, SOL_SOCKET, SO_BUSY_POLL, BUSY_POLL_MICROS);
            sockets.setOption(wish.what, fd, SOL_SOCKET, SO_BUSY_POLL_BUDGET, wish.busyBudget);
        }
        int flags = XDP_USE_NEED_WAKEUP | (wish.forceCopy ? XDP_COPY : 0);
        try {
            bind(flags | XDP_USE_SG);
            severalPieces = true;
        } catch (LinuxException e) {
            if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOTSUP) {
                throw e;
            }
            bind(flags);
        }
    }

    private void bind(int flags) throws LinuxException {
        sockets.bind(wish.what, fd, bytes(ADDRESS_BYTES).putShort((short) AF_XDP)
                .putShort((short) flags).putInt(wish.index).putInt(wish.queue).rewind());
    }

    private static ByteBuffer bytes(int count) {
        return ByteBuffer.allocate(count).order(ByteOrder.nativeOrder());
    }

    int fd() {
        return fd;
    }

    Umem umem() {
        return umem;
    }

    /** This process gives the kernel frames to receive into. Entries are offsets. */
    XskRing fill() {
        return fill;
    }

    /** The kernel gives back frames that were sent. Entries are offsets. */
    XskRing completion() {
        return completion;
    }

    /** The kernel hands over received frames. Entries are descriptors. */
    XskRing rx() {
        return rx;
    }

    /** This process hands over frames to be sent. Entries are descriptors. */
    XskRing tx() {
        return tx;
    }

    /** Whether one packet may have several descriptors. */
    boolean severalPieces() {
        return severalPieces;
    }

    /** See {@link PacketCalls#kick}. */
    int kick() {
        return os.packets.kick(fd);
    }

    /** How many frames the kernel has dropped because it found no room for them. Any thread. */
    long missed() {
        ByteBuffer counts = bytes(STATISTICS_BYTES);
        try {
            sockets.getOption(wish.what, fd, SOL_XDP, XDP_STATISTICS, counts);
        } catch (LinuxException e) {
            throw new IllegalStateException(e); // the option is as old as the socket
        }
        return counts.getLong(RX_DROPPED) + counts.getLong(RX_RING_FULL);
    }

    /** Closes the socket. Frames in its rings are lost. */
    @Override
    public void close() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }
}
