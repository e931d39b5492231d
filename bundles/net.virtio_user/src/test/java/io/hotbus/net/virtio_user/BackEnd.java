// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.net.virtio_user.VhostMessage.Request;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestOs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A back end made by hand, for split rings: listens, answers requests, and maps the memory. What
 * it answers can be wrong.
 */
final class BackEnd implements AutoCloseable {
    static final long FEATURES = 1L << 32 | 1L << 35 | 1L << 15 | VhostMessage.PROTOCOL_FEATURES;

    /** Memory of the front end. */
    private record Region(long front, long length, long here) {
    }

    private final Linux linux = TestOs.linux();
    private final Sockets sockets = TestOs.sockets();
    private final UnixSockets unix =
            new UnixSockets(linux, sockets, UnixSockets.SOCK_STREAM);
    private final UnixSocketName name;
    private final int listener;
    private int fd = -1;
    private final List<Region> regions = new ArrayList<>();
    /** The numbers of the requests that came, in order. */
    final List<Integer> requests = new ArrayList<>();
    /** Of each queue, the addresses of descriptors, used and available ring in this process. */
    final Map<Integer, long[]> rings = new HashMap<>();
    long features = FEATURES;
    long protocol = VhostMessage.MQ | VhostMessage.REPLY_ACK;

    BackEnd(String path) throws IOException {
        name = UnixSocketName.path(path);
        listener = unix.listen("back end", name);
    }

    /** Takes the next connection. */
    BackEnd accept() {
        Await.until("a front end has dialled", () -> {
            try {
                fd = sockets.accept("back end", listener);
                return true;
            } catch (LinuxException e) {
                return false;
            }
        });
        return this;
    }

    /** Answers requests until {@code last} of the queue {@code queue} was answered. */
    BackEnd serve(Request last, int queue) throws LinuxException {
        ByteBuffer message;
        do {
            message = take();
            answer(message);
        } while (message.getInt(0) != last.number() || message.getInt(12) != queue);
        return this;
    }

    /** Does the whole handshake of one pair of queues. */
    BackEnd connect() throws LinuxException {
        return accept().serve(Request.SET_VRING_ENABLE, 1);
    }

    /** The next request; its payload is at 12. */
    ByteBuffer take() throws LinuxException {
        ByteBuffer bytes = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
        List<Integer> fds = new ArrayList<>();
        read(bytes, VhostMessage.HEADER, fds);
        read(bytes, bytes.getInt(8), fds);
        requests.add(bytes.getInt(0));
        if (bytes.getInt(0) == Request.SET_MEM_TABLE.number()) {
            map(bytes, fds);
        } else if (bytes.getInt(0) == Request.SET_VRING_ADDR.number()) {
            rings.put(bytes.getInt(12), new long[] {here(bytes.getLong(20)),
                here(bytes.getLong(28)), here(bytes.getLong(36))});
        }
        fds.forEach(linux::close);
        return bytes;
    }

    private void read(ByteBuffer into, int bytes, List<Integer> fds) throws LinuxException {
        into.limit(into.position() + bytes);
        while (into.hasRemaining()) {
            await();
            Sockets.Message part = sockets.receive("back end", fd, into, 0);
            if (part.bytes() == 0) {
                throw new AssertionError("the front end has hung up after " + requests);
            }
            fds.addAll(part.fds());
        }
        into.limit(into.capacity());
    }

    private void await() {
        Await.until("the front end has sent something", () -> {
            try {
                return linux.poll(100, fd) != 0;
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Waits until the front end hangs up. */
    void awaitHangUp() throws LinuxException {
        try {
            do {
                await();
            } while (sockets.receive("back end", fd, ByteBuffer.allocate(4096), 0).bytes() != 0);
        } catch (LinuxException e) {
            // It has not read everything.
            if (e.errno() != Errno.ECONNRESET) {
                throw e;
            }
        }
        hangUp();
    }

    private void map(ByteBuffer table, List<Integer> fds) throws LinuxException {
        for (int i = 0; i < fds.size(); i++) {
            int at = 20 + 32 * i;
            long length = table.getLong(at + 8);
            regions.add(new Region(table.getLong(at), length,
                    linux.map("region", length, fds.get(i), 0)));
        }
    }

    /** Where this process has an address of the front end. */
    long here(long front) {
        return regions.stream().filter(region ->
                        Long.compareUnsigned(front - region.front(), region.length()) < 0)
                .map(region -> region.here() + front - region.front()).reduce((a, b) -> b)
                .orElseThrow(() -> new AssertionError("%#x is in no region".formatted(front)));
    }

    private void answer(ByteBuffer message) throws LinuxException {
        int request = message.getInt(0);
        if (request == Request.GET_FEATURES.number()) {
            reply(request, features);
        } else if (request == Request.GET_PROTOCOL_FEATURES.number()) {
            reply(request, protocol);
        } else if (request == Request.GET_QUEUE_NUM.number()) {
            reply(request, 1);
        } else if (request == Request.GET_VRING_BASE.number()) {
            reply(request, message.getInt(12));
        } else if ((message.getInt(4) & VhostMessage.NEED_REPLY) != 0) {
            reply(request, 0);
        }
    }

    void reply(int request, long value) throws LinuxException {
        send(request, VhostMessage.VERSION | VhostMessage.REPLY, Long.BYTES, value);
    }

    void send(int request, int flags, int length, long value) throws LinuxException {
        sockets.send("back end", fd, ByteBuffer.allocate(20).order(ByteOrder.nativeOrder())
                .putInt(request).putInt(flags).putInt(length).putLong(value).flip(), 0);
    }

    /** The bytes of the packet in the nth chain of one descriptor that the front end sent. */
    byte[] sent(int nth) {
        long[] ring = rings.get(1);
        int head = RawMemory.getShortVolatile(ring[2] + 4 + 2L * nth);
        long descriptor = ring[0] + 16L * head;
        byte[] bytes = new byte[RawMemory.getInt(descriptor + 8) - 12];
        RawMemory.copy(here(RawMemory.getLong(descriptor)) + 12, bytes, 0, bytes.length);
        return bytes;
    }

    /** How many chains the front end has offered on a queue. */
    int offered(int queue) {
        return Short.toUnsignedInt(RawMemory.getShortVolatile(rings.get(queue)[2] + 2));
    }

    /** Returns a chain as the first one. */
    void use(int queue, int id, int length) {
        long used = rings.get(queue)[1];
        RawMemory.putLong(used + 4, Integer.toUnsignedLong(id) | (long) length << 32);
        RawMemory.putShortRelease(used + 2, (short) 1);
    }

    /** Hangs up without a word, as the kernel does when a process is killed. */
    void hangUp() {
        linux.close(fd);
        fd = -1;
    }

    @Override
    public void close() throws LinuxException {
        linux.close(fd);
        unix.stopListening(name, listener);
        for (Region region : regions) {
            linux.unmap(region.here(), region.length());
        }
    }
}
