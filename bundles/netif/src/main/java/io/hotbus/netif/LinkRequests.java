// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the kernel about links, and changes them, by a socket of rtnetlink. The kernel answers while
 * a request is being sent, so no call waits for anything. Any thread.
 */
final class LinkRequests implements AutoCloseable {
    static final int AF_NETLINK = 16;
    static final int SOCK_RAW = 3;
    static final int DATAGRAM = 64 << 10;
    /** The answers that tell nothing: the interface went meanwhile, or was renamed. */
    private static final List<Integer> ABSENT = List.of(Errno.ENODEV, Errno.ENXIO);

    private final Linux linux;
    private final Sockets sockets;
    private final int fd;
    private int sequence;

    LinkRequests(Linux linux, Sockets sockets) throws IOException {
        this.linux = linux;
        this.sockets = sockets;
        this.fd = sockets.open("rtnetlink", AF_NETLINK, SOCK_RAW, 0);
    }

    /** The interface of that name. */
    Optional<NetInterface> find(String name) throws IOException {
        final ByteBuffer request = request(LinkMessages.RTM_GETLINK, 0, 0);
        LinkMessages.put(request, LinkMessages.IFLA_IFNAME,
                (name + '\0').getBytes(StandardCharsets.UTF_8));
        return one(name, request);
    }

    /** The interface of that index. */
    Optional<NetInterface> find(int index) throws IOException {
        return one("index " + index, request(LinkMessages.RTM_GETLINK, 0, index));
    }

    private Optional<NetInterface> one(String what, ByteBuffer request) throws IOException {
        try {
            return exchange("get " + what, request, false, LinkMessages::link).stream()
                    .findFirst();
        } catch (LinuxException e) {
            if (ABSENT.contains(e.errno())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** All interfaces. */
    List<NetInterface> all() throws IOException {
        return exchange("list", request(LinkMessages.RTM_GETLINK, LinkMessages.NLM_F_DUMP, 0),
                true, LinkMessages::link);
    }

    /** The virtual functions of the interface. */
    List<VirtualFunction> virtualFunctions(NetInterface netif) throws IOException {
        final ByteBuffer request = request(LinkMessages.RTM_GETLINK, 0, netif.index());
        LinkMessages.put(request, VfMessages.IFLA_EXT_MASK, VfMessages.RTEXT_FILTER_VF);
        return exchange("virtual functions of " + netif, request, false,
                body -> Optional.of(VfMessages.functions(body))).stream().findFirst()
                .orElse(List.of());
    }

    /** Begins a request that changes the interface. */
    ByteBuffer change(int index) {
        return request(LinkMessages.RTM_SETLINK, LinkMessages.NLM_F_ACK, index);
    }

    /** Makes a change; {@code what} names the change and the interface, for messages. */
    void apply(String what, ByteBuffer change) throws IOException {
        exchange(what, change, true, LinkMessages::link);
    }

    private synchronized ByteBuffer request(int type, int flags, int index) {
        return LinkMessages.request(type, flags, ++sequence, index);
    }

    /** Reads the body of an answer; empty if it is about something else. */
    private interface Reader<T> {
        Optional<T> read(ByteBuffer body) throws IOException;
    }

    /**
     * Sends a request and reads the answers.
     *
     * @param ends whether an acknowledgement or an end follows the answers
     */
    private synchronized <T> List<T> exchange(String what, ByteBuffer request, boolean ends,
            Reader<T> reader) throws IOException {
        final ByteBuffer bytes = LinkMessages.end(request);
        final int number = bytes.getInt(8);
        sockets.send("rtnetlink: " + what, fd, bytes, 0);
        final List<T> answers = new ArrayList<>();
        final ByteBuffer into = ByteBuffer.allocate(DATAGRAM);
        while (true) {
            sockets.receive("rtnetlink: " + what, fd, into.clear(), Sockets.MSG_DONTWAIT);
            for (LinkMessages.Message message : LinkMessages.split(into.flip())) {
                if (message.sequence() != number) {
                    continue;
                }
                switch (message.type()) {
                    case LinkMessages.NLMSG_ERROR -> {
                        requireNone(what, message.errno());
                        return answers;
                    }
                    case LinkMessages.NLMSG_DONE -> {
                        return answers;
                    }
                    default -> reader.read(message.body()).ifPresent(answers::add);
                }
            }
            if (!ends && !answers.isEmpty()) {
                return answers;
            }
        }
    }

    private static void requireNone(String what, int errno) throws LinuxException {
        if (errno != 0) {
            throw new LinuxException("rtnetlink(" + what + ")", errno, switch (errno) {
                case Errno.EPERM -> "EPERM (CAP_NET_ADMIN is needed: run as root, or give it)";
                case Errno.EBUSY -> "EBUSY (its driver allows that only while it is down)";
                case Errno.EINVAL -> "EINVAL (the value is not possible)";
                case Errno.ERANGE -> "ERANGE (the value is out of range)";
                case Errno.ENODEV -> "ENODEV (no such interface)";
                case Errno.ENOTSUP -> "ENOTSUP (its driver does not support that)";
                default -> "errno " + errno;
            });
        }
    }

    @Override
    public void close() {
        linux.close(fd);
    }
}
