// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SocketCallsTest {
    private static final int AF_UNIX = 1;
    private static final int AF_NETLINK = 16;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_RAW = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_TYPE = 3;
    private static final int MAX_FDS = 253;

    private final Linux linux = new LinuxCalls();
    private final Sockets sockets = new SocketCalls();
    private final List<Integer> open = new ArrayList<>();

    @AfterEach
    void close() {
        open.forEach(linux::close);
    }

    private int opened(int fd) {
        open.add(fd);
        return fd;
    }

    /** An address in the abstract namespace of Unix sockets. */
    private static ByteBuffer address() {
        final byte[] name = UUID.randomUUID().toString().getBytes();
        return ByteBuffer.allocate(Short.BYTES + 1 + name.length).order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX).put((byte) 0).put(name).flip();
    }

    private int[] connected() throws LinuxException {
        final ByteBuffer address = address();
        final int listener = opened(sockets.open("listener", AF_UNIX, SOCK_SEQPACKET, 0));
        sockets.bind("listener", listener, address.duplicate());
        sockets.listen("listener", listener, 1);
        final int client = opened(sockets.open("client", AF_UNIX, SOCK_SEQPACKET, 0));
        sockets.connect("client", client, address);
        return new int[] {client, opened(sockets.accept("listener", listener))};
    }

    @Test
    void shouldPassBytesAndDescriptors() throws LinuxException {
        final int[] pair = connected();
        final int eventfd = opened(linux.eventfd());
        final ByteBuffer hello = ByteBuffer.wrap("hello".getBytes());

        assertThat(sockets.send("client", pair[0], hello, 0, eventfd, pair[0])).isEqualTo(5);
        assertThat(hello.remaining()).isZero();
        final ByteBuffer into = ByteBuffer.allocateDirect(100);
        final Sockets.Message message = sockets.receive("server", pair[1], into, 0);
        message.fds().forEach(this::opened);

        assertThat(message.bytes()).isEqualTo(5);
        assertThat(message.truncated()).isFalse();
        assertThat(into.flip()).isEqualTo(ByteBuffer.wrap("hello".getBytes()));
        assertThat(message.fds()).hasSize(2).doesNotContain(eventfd);
        linux.signal(message.fds().get(0));
        assertThat(linux.drain(eventfd)).isTrue();
    }

    @Test
    void shouldPassAsManyDescriptorsAsTheKernelDoes() throws LinuxException {
        final int[] pair = connected();
        final int[] fds = new int[MAX_FDS];
        Arrays.fill(fds, pair[0]);

        sockets.send("client", pair[0], ByteBuffer.wrap(new byte[1]), 0, fds);
        final Sockets.Message message =
                sockets.receive("server", pair[1], ByteBuffer.allocate(1), 0);
        message.fds().forEach(this::opened);

        assertThat(message.fds()).hasSize(MAX_FDS);
        assertThat(message.truncated()).isFalse();
    }

    @Test
    void shouldTellOfAMessageThatIsTooLong() throws LinuxException {
        final int[] pair = connected();

        sockets.send("client", pair[0], ByteBuffer.wrap(new byte[10]), 0);
        final ByteBuffer into = ByteBuffer.allocate(4);
        final Sockets.Message message = sockets.receive("server", pair[1], into, 0);

        assertThat(message).isEqualTo(new Sockets.Message(4, List.of(), true));
    }

    @Test
    void shouldReportTheEndOfAConnection() throws LinuxException {
        final int[] pair = connected();
        linux.close(open.remove(open.indexOf(pair[0])));

        assertThat(sockets.receive("server", pair[1], ByteBuffer.allocate(1), 0).bytes()).isZero();
        assertThatExceptionOfType(LinuxException.class).isThrownBy(() ->
                        sockets.send("server", pair[1], ByteBuffer.wrap(new byte[1]), 0))
                .withMessage("sendmsg(server): EPIPE (Broken pipe)");
    }

    @Test
    void shouldNotWaitIfTold() throws LinuxException {
        final int[] pair = connected();

        assertThatExceptionOfType(LinuxException.class).isThrownBy(() -> sockets.receive(
                        "server", pair[1], ByteBuffer.allocate(1), Sockets.MSG_DONTWAIT))
                .matches(e -> e.errno() == Errno.EAGAIN);
    }

    @Test
    void shouldReadAndWriteOptions() throws LinuxException {
        final int fd = opened(sockets.open("raw", AF_UNIX, SOCK_SEQPACKET, 0));

        sockets.setOption("raw", fd, SOL_SOCKET, SO_RCVBUF, 10_000);

        assertThat(sockets.getOption("raw", fd, SOL_SOCKET, SO_RCVBUF)).isEqualTo(20_000);
        assertThat(sockets.getOption("raw", fd, SOL_SOCKET, SO_TYPE)).isEqualTo(SOCK_SEQPACKET);
    }

    @Test
    void shouldTellTheNameOfASocket() throws LinuxException {
        final int fd = opened(sockets.open("netlink", AF_NETLINK, SOCK_RAW, 0));
        final ByteBuffer address =
                ByteBuffer.allocate(12).order(ByteOrder.nativeOrder()).putShort(0, (short) 16);
        sockets.bind("netlink", fd, address.duplicate());

        final ByteBuffer name = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());

        assertThat(sockets.name("netlink", fd, name)).isEqualTo(12);
        assertThat(name.getShort(0)).isEqualTo((short) AF_NETLINK);
        assertThat(name.getInt(4)).isNotZero();
    }

    @Test
    void shouldNameWhatFailed() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> sockets.open("net_foo0", 999, SOCK_RAW, 0))
                .withMessage("socket(net_foo0): EAFNOSUPPORT"
                        + " (Address family not supported by protocol)");
    }
}
