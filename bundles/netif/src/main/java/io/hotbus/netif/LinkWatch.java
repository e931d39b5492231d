// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the kernel's notices about links and tells listeners of them. If notices were lost, it
 * reads all links again and tells the difference.
 */
final class LinkWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LinkWatch.class);
    private static final int RTMGRP_LINK = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int RECEIVE_BUFFER = 1 << 20;
    private static final String SOCKET = "rtnetlink notices";

    /** @param notices how many were told */
    private record Watcher(int index, InterfaceListener listener, AtomicLong notices) {
        void changed(NetInterface link) {
            notices.incrementAndGet();
            listener.changed(link);
        }
    }

    private record Awaiter(String name, Runnable appeared) {
    }

    private final Linux linux;
    private final Sockets sockets;
    private final LinkRequests requests;
    private final int fd;
    private final Lease lease;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final List<Awaiter> awaiters = new CopyOnWriteArrayList<>();
    /** The names of the interfaces, by index. Guarded by this map. */
    private final Map<Integer, String> names = new HashMap<>();
    private final ByteBuffer datagram = ByteBuffer.allocate(LinkRequests.DATAGRAM);

    LinkWatch(Linux linux, Sockets sockets, InterruptThread interrupts, LinkRequests requests)
            throws IOException {
        this.linux = linux;
        this.sockets = sockets;
        this.requests = requests;
        this.fd = open();
        // The socket listens already, so nothing is missed after this.
        requests.all().forEach(link -> names.put(link.index(), link.name()));
        this.lease = interrupts.watch(fd, this::read);
    }

    private int open() throws LinuxException {
        final int socket = sockets.open(
                SOCKET, LinkRequests.AF_NETLINK, LinkRequests.SOCK_RAW, 0);
        try {
            sockets.bind(SOCKET, socket, ByteBuffer.allocate(12).order(ByteOrder.nativeOrder())
                    .putShort(0, (short) LinkRequests.AF_NETLINK).putInt(8, RTMGRP_LINK));
        } catch (LinuxException e) {
            linux.close(socket);
            throw e;
        }
        try {
            sockets.setOption(SOCKET, socket, SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
        } catch (LinuxException e) {
            LOG.debug("the usual buffer for notices must do: {}", e.getMessage());
        }
        return socket;
    }

    /** See {@link NetInterfaces#watch}. */
    Lease watch(int index, InterfaceListener listener) throws IOException {
        final Watcher watcher = new Watcher(index, listener, new AtomicLong());
        watchers.add(watcher);
        try {
            tellFirst(watcher);
        } catch (IOException e) {
            watchers.remove(watcher);
            throw e;
        }
        return () -> watchers.remove(watcher);
    }

    /** Tells of the interface as it is now: again if a notice, which may be newer, came between. */
    private void tellFirst(Watcher watcher) throws IOException {
        long seen;
        do {
            seen = watcher.notices().get();
            final Optional<NetInterface> found = requests.find(watcher.index());
            if (found.isEmpty()) {
                gone(watcher);
                return;
            }
            watcher.listener().changed(found.get());
        } while (watcher.notices().get() != seen);
    }

    Lease onAppearance(String name, Runnable appeared) {
        final Awaiter awaiter = new Awaiter(name, appeared);
        awaiters.add(awaiter);
        return () -> awaiters.remove(awaiter);
    }

    private void read() {
        try {
            while (true) {
                final Sockets.Message received = sockets.receive(
                        SOCKET, fd, datagram.clear(), Sockets.MSG_DONTWAIT);
                if (received.truncated()) {
                    throw new ProtocolException("a notice of more than " + datagram.capacity()
                            + " bytes");
                }
                LinkMessages.split(datagram.flip()).forEach(this::take);
            }
        } catch (LinuxException e) {
            if (e.errno() == Errno.ENOBUFS) {
                LOG.info("notices about network interfaces were lost: all are looked at again");
                discard();
                readAll();
            } else if (e.errno() != Errno.EAGAIN) {
                LOG.warn("changes of network interfaces are not told: {}", e.getMessage());
            }
        } catch (ProtocolException e) {
            LOG.warn("{}: all network interfaces are looked at again", e.getMessage());
            readAll();
        } catch (IOException e) {
            LOG.warn("changes of network interfaces are not told", e);
        }
    }

    /** Drops the notices that came before the lost ones: they are older than what is read next. */
    private void discard() {
        for (boolean more = true; more; ) {
            try {
                sockets.receive(SOCKET, fd, datagram.clear(), Sockets.MSG_DONTWAIT);
            } catch (LinuxException e) {
                more = e.errno() == Errno.ENOBUFS;
            }
        }
    }

    private void take(LinkMessages.Message message) {
        try {
            switch (message.type()) {
                case LinkMessages.RTM_NEWLINK ->
                        LinkMessages.link(message.body()).ifPresent(this::present);
                case LinkMessages.RTM_DELLINK ->
                        LinkMessages.link(message.body()).ifPresent(link -> gone(link.index()));
                default -> { }
            }
        } catch (ProtocolException e) {
            LOG.warn("a notice is not understood: {}", e.getMessage());
        }
    }

    private void readAll() {
        try {
            final List<NetInterface> all = requests.all();
            final List<Integer> lost;
            synchronized (names) {
                lost = names.keySet().stream().filter(index -> all.stream()
                        .noneMatch(link -> link.index() == index)).toList();
            }
            lost.forEach(this::gone);
            all.forEach(this::present);
        } catch (IOException e) {
            LOG.warn("the network interfaces cannot be listed", e);
        }
    }

    private void present(NetInterface link) {
        final String before;
        synchronized (names) {
            before = names.put(link.index(), link.name());
        }
        watchers.stream().filter(watcher -> watcher.index() == link.index())
                .forEach(watcher -> watcher.changed(link));
        if (!link.name().equals(before)) {
            awaiters.stream().filter(awaiter -> awaiter.name().equals(link.name()))
                    .forEach(awaiter -> awaiter.appeared().run());
        }
    }

    private void gone(int index) {
        synchronized (names) {
            names.remove(index);
        }
        watchers.stream().filter(watcher -> watcher.index() == index).forEach(this::gone);
    }

    /** Tells of the end, once. */
    private void gone(Watcher watcher) {
        if (watchers.remove(watcher)) {
            watcher.listener().gone();
        }
    }

    @Override
    public void close() {
        lease.close();
        linux.close(fd);
    }
}
