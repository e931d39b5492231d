// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.netif.NetInterface;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A packet socket on one interface with a ring, which is mapped while the socket is open. The ring
 * stays mapped when the interface goes. Control threads. Source: {@code linux/if_packet.h}.
 */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_RX_RING = 5;
    private static final int PACKET_STATISTICS = 6;
    private static final int PACKET_VERSION = 10;
    private static final int PACKET_TX_RING = 13;
    private static final int PACKET_LOSS = 14;
    private static final int PACKET_FANOUT = 18;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int TPACKET_V3 = 2;
    private static final int ETH_P_ALL = 0x0003;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_MARK = 36;
    private static final int FANOUT_UNIQUE_ID = 0x2000;
    private static final int FANOUT_IGNORE_OUTGOING = 0x4000;
    /** A block that is not full is handed over after this time. */
    private static final int RETIRE_MILLIS = 1;

    private final PacketOs os;
    private final String label;
    private final RingLayout layout;
    private final int fd;
    private long address;

    private PacketSocket(PacketOs os, String label, RingLayout layout) throws LinuxException {
        this.os = os;
        this.label = label;
        this.layout = layout;
        // Without a protocol: nothing is received before the socket is bound.
        this.fd = os.sockets().open(label, AF_PACKET, SOCK_RAW, 0);
    }

    /**
     * Opens a socket that receives into its ring.
     *
     * @param label    the device and the queue, for messages
     * @param outgoing whether frames that this host sends are received, too
     */
    public static PacketSocket receiving(PacketOs os, String label, NetInterface netif,
            RingLayout layout, boolean outgoing) throws LinuxException {
        final PacketSocket socket = new PacketSocket(os, label, layout);
        try {
            socket.set(PACKET_VERSION, TPACKET_V3);
            socket.set(PACKET_IGNORE_OUTGOING, outgoing ? 0 : 1);
            // Not bound first: a kernel makes a ring in milliseconds, and if the interface of a
            // bound socket comes up meanwhile, the socket never receives (seen with Linux 6.18).
            socket.makeRing(PACKET_RX_RING, RETIRE_MILLIS);
            socket.bind(netif, ETH_P_ALL);
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    /**
     * Opens a socket that sends from its ring.
     *
     * @param label       the device and the queue, for messages
     * @param qdiscBypass whether frames bypass traffic control, and other sockets that listen
     */
    public static PacketSocket sending(PacketOs os, String label, NetInterface netif,
            RingLayout layout, boolean qdiscBypass) throws LinuxException {
        final PacketSocket socket = new PacketSocket(os, label, layout);
        try {
            socket.set(PACKET_VERSION, TPACKET_V3);
            // A frame that the kernel cannot send must not block those behind it.
            socket.set(PACKET_LOSS, 1);
            socket.set(PACKET_QDISC_BYPASS, qdiscBypass ? 1 : 0);
            socket.bind(netif, 0);
            socket.makeRing(PACKET_TX_RING, 0);
            socket.allowAllFramesUnderWay();
        } catch (LinuxException e) {
            socket.close();
            throw e;
        }
        return socket;
    }

    private void set(int option, int value) throws LinuxException {
        os.sockets().setOption(label, fd, SOL_PACKET, option, value);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }

    private void bind(NetInterface netif, int protocol) throws LinuxException {
        os.sockets().bind(label + " to " + netif, fd, buffer(20).putShort((short) AF_PACKET)
                .putShort(Short.reverseBytes((short) protocol)).putInt(netif.index()).clear());
    }

    private void makeRing(int option, int retireMillis) throws LinuxException {
        os.sockets().setOption(label + ": ring of " + layout.bytes() + " bytes", fd, SOL_PACKET,
                option, buffer(28).putInt(layout.blockSize()).putInt(layout.blocks())
                        .putInt(layout.frameSize()).putInt(layout.frames())
                        .putInt(retireMillis).clear());
        address = os.linux().map(label + ": ring", layout.bytes(), fd, 0);
    }

    /** Marks each frame that is sent from now on ({@code SO_MARK}). */
    public void mark(int mark) throws LinuxException {
        os.sockets().setOption(label + ": mark", fd, SOL_SOCKET, SO_MARK, mark);
    }

    private void allowAllFramesUnderWay() throws LinuxException {
        try {
            os.sockets().setOption(label, fd, SOL_SOCKET, SO_SNDBUFFORCE,
                    (int) Math.min(Integer.MAX_VALUE / 2, 2 * layout.bytes()));
        } catch (LinuxException e) {
            // Without CAP_NET_ADMIN, fewer frames are under way.
            return;
        }
    }

    /**
     * Makes the socket the first member of a new fanout group.
     *
     * @param mode {@code PACKET_FANOUT_} of the kernel
     * @return the group, for {@link #join}
     */
    public int found(int mode) throws LinuxException {
        try {
            set(PACKET_FANOUT, (mode | FANOUT_UNIQUE_ID | FANOUT_IGNORE_OUTGOING) << Short.SIZE);
        } catch (LinuxException e) {
            // An older kernel; the host's own frames are received, too.
            set(PACKET_FANOUT, (mode | FANOUT_UNIQUE_ID) << Short.SIZE);
        }
        return os.sockets().getOption(label, fd, SOL_PACKET, PACKET_FANOUT)
                & ~(FANOUT_UNIQUE_ID << Short.SIZE);
    }

    /** Makes the socket a member of a fanout group. */
    public void join(int group) throws LinuxException {
        set(PACKET_FANOUT, group);
    }

    /** Lets only frames through that the filter accepts. */
    public void filter(FrameFilter filter) throws LinuxException {
        filter.attach(os, label, fd);
    }

    /** Frames that the kernel has dropped for want of room in the ring since the last call. */
    public long takeDropped() {
        final ByteBuffer statistics = buffer(12);
        try {
            os.sockets().getOption(label, fd, SOL_PACKET, PACKET_STATISTICS, statistics);
        } catch (LinuxException e) {
            return 0;
        }
        return Integer.toUnsignedLong(statistics.getInt(4));
    }

    /** Whether the socket is still bound to an interface that exists. */
    public boolean isBound() throws LinuxException {
        final ByteBuffer name = buffer(20);
        os.sockets().name(label, fd, name);
        return name.getInt(4) > 0;
    }

    /**
     * Clears the error that says that the interface went down. A socket with an error looks
     * readable. Any thread.
     */
    void takeError() {
        try {
            os.sockets().getOption(label, fd, SOL_SOCKET, SO_ERROR);
        } catch (LinuxException e) {
            throw new IllegalStateException(e); // every socket has this option
        }
    }

    int fd() {
        return fd;
    }

    RingLayout layout() {
        return layout;
    }

    /** The address of the ring. */
    long ring() {
        return address;
    }

    /** Closes the socket and unmaps the ring. No thread may use the ring any more. */
    @Override
    public void close() {
        if (address != 0) {
            try {
                os.linux().unmap(address, layout.bytes());
            } catch (LinuxException e) {
                throw new IllegalStateException(e);
            }
            address = 0;
        }
        os.linux().close(fd);
    }
}
