// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** {@link Sockets} by the C library. */
@Component
public final class SocketCalls implements Sockets {
    private static final int SOCK_NONBLOCK = 04000;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int F_GETFL = 3;
    private static final int AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_DOMAIN = 39;

    @Override
    public int open(String what, int domain, int type, int protocol) throws LinuxException {
        return checked("socket", what, C.socket(domain, type | SOCK_CLOEXEC, protocol));
    }

    @Override
    public void bind(String what, int fd, ByteBuffer address) throws LinuxException {
        checked("bind", what, C.bind(fd, address, address.remaining()));
    }

    @Override
    public void connect(String what, int fd, ByteBuffer address) throws LinuxException {
        checked("connect", what, C.connect(fd, address, address.remaining()));
    }

    @Override
    public void listen(String what, int fd, int backlog) throws LinuxException {
        checked("listen", what, C.listen(fd, backlog));
    }

    @Override
    public int accept(String what, int fd) throws LinuxException {
        final int nonBlocking = checked("fcntl", what, C.fcntl(fd, F_GETFL, 0)) & SOCK_NONBLOCK;
        return checked("accept", what, C.accept4(fd, null, null, SOCK_CLOEXEC | nonBlocking));
    }

    @Override
    public void setOption(String what, int fd, int level, int option, ByteBuffer value)
            throws LinuxException {
        checked("setsockopt", what, C.setsockopt(fd, level, option, value, value.remaining()));
    }

    @Override
    public void setOption(String what, int fd, int level, int option, int value)
            throws LinuxException {
        setOption(what, fd, level, option, word().putInt(0, value));
    }

    @Override
    public int getOption(String what, int fd, int level, int option, ByteBuffer value)
            throws LinuxException {
        final int[] length = {value.remaining()};
        checked("getsockopt", what, C.getsockopt(fd, level, option, value, length));
        return length[0];
    }

    @Override
    public int getOption(String what, int fd, int level, int option) throws LinuxException {
        final ByteBuffer value = word();
        getOption(what, fd, level, option, value);
        return value.getInt(0);
    }

    @Override
    public int name(String what, int fd, ByteBuffer address) throws LinuxException {
        final int[] length = {address.remaining()};
        checked("getsockname", what, C.getsockname(fd, address, length));
        return length[0];
    }

    @Override
    public int send(String what, int fd, ByteBuffer bytes, int flags, int... fds)
            throws LinuxException {
        final MessageHeader header = new MessageHeader(bytes.remaining(), fds.length);
        header.put(bytes.duplicate());
        header.putFds(fds);
        long sent;
        do {
            sent = C.sendmsg(fd, header.pointer(), flags | MSG_NOSIGNAL);
        } while (sent < 0 && LibC.errno() == Errno.EINTR);
        checked("sendmsg", what, (int) sent);
        bytes.position(bytes.position() + (int) sent);
        return (int) sent;
    }

    @Override
    public Message receive(String what, int fd, ByteBuffer into, int flags)
            throws LinuxException {
        final MessageHeader header =
                new MessageHeader(into.remaining(), MessageHeader.MAX_FDS);
        final int all = flags | closeOnExec(what, fd);
        long received;
        do {
            received = C.recvmsg(fd, header.pointer(), all);
        } while (received < 0 && LibC.errno() == Errno.EINTR);
        checked("recvmsg", what, (int) received);
        header.get(into, (int) received);
        final List<Integer> fds = new ArrayList<>();
        header.fds().forEach(fds::add);
        return new Message((int) received, List.copyOf(fds), header.truncated());
    }

    /** Packet sockets refuse the flag; only Unix sockets pass descriptors. */
    private int closeOnExec(String what, int fd) throws LinuxException {
        return getOption(what, fd, SOL_SOCKET, SO_DOMAIN) == AF_UNIX ? MSG_CMSG_CLOEXEC : 0;
    }

    private static ByteBuffer word() {
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    }

    private static int checked(String call, String what, int result) throws LinuxException {
        if (result < 0) {
            throw LinuxCalls.failure(call + "(" + what + ")");
        }
        return result;
    }
}
