// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The other end of a veth pair: sends and receives whole frames. */
final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final short ETH_P_ALL_BIG_ENDIAN = 0x0300;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int ADDRESS_BYTES = 20;
    private static final int MAX_FRAME = 65_536;

    private final int fd;

    PacketSocket(int index) throws LinuxException {
        fd = TestOs.sockets().open("peer", AF_PACKET, SOCK_RAW, 0);
        TestOs.sockets().setOption("peer", fd, SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20);
        TestOs.sockets().bind("peer", fd, ByteBuffer.allocate(ADDRESS_BYTES)
                .order(ByteOrder.nativeOrder()).putShort((short) AF_PACKET)
                .putShort(ETH_P_ALL_BIG_ENDIAN).putInt(index).rewind());
    }

    void send(byte[] frame) throws LinuxException {
        TestOs.sockets().send("peer", fd, ByteBuffer.wrap(frame), 0);
    }

    /** The next frame, which may be on its way. */
    byte[] receive() {
        ByteBuffer into = ByteBuffer.allocate(MAX_FRAME);
        Await.until("a frame arrives", () -> tryReceive(into));
        byte[] frame = new byte[into.position()];
        into.get(0, frame);
        return frame;
    }

    private boolean tryReceive(ByteBuffer into) {
        try {
            return TestOs.sockets().receive("peer", fd, into, Sockets.MSG_DONTWAIT).bytes() > 0;
        } catch (LinuxException e) {
            if (e.errno() == Errno.EAGAIN) {
                return false;
            }
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        TestOs.linux().close(fd);
    }
}
