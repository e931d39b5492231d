// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.Sockets;
import io.hotbus.os.UnixSocketName;
import io.hotbus.os.UnixSockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A client made by hand, which writes what it wants into its memory and its messages. Its region
 * has a ring S2M at 0, a ring M2S behind that, and then the buffers of the first.
 */
final class Peer implements AutoCloseable {
    static final int LOG2 = 4;
    static final int SLOTS = 1 << LOG2;
    static final int BUFFER = 2048;
    static final long M2S = RingPlace.bytes(LOG2);
    static final long BUFFERS = 2 * RingPlace.bytes(LOG2);
    static final long SIZE = BUFFERS + SLOTS * BUFFER;
    private static final int TAIL = 64;

    private final Linux linux = TestOs.linux();
    private final Sockets sockets = TestOs.sockets();
    private final List<Integer> fds = new ArrayList<>();
    private final int fd;
    final int memory;
    final long address;

    /** Dials; {@code sealed}: whether the memory cannot be made shorter. */
    Peer(Rig rig, boolean sealed) throws LinuxException {
        UnixSocketName name = new UnixSocketName(rig.socket, true, -1, -1);
        fd = sockets.open("peer", UnixSockets.AF_UNIX, UnixSockets.SOCK_SEQPACKET, 0);
        sockets.connect("peer", fd, name.address());
        memory = sealed ? linux.sharedMemfd("peer", SIZE) : linux.memfd("peer", SIZE);
        address = linux.map("peer", SIZE, memory, 0);
        for (int slot = 0; slot < SLOTS; slot++) {
            describe(0, slot, 0, 0, BUFFER, BUFFERS + slot * BUFFER);
            describe(M2S, slot, 0, 0, BUFFER, BUFFERS + slot * BUFFER);
        }
        RawMemory.putInt(address, RingPlace.COOKIE);
        RawMemory.putInt(address + M2S, RingPlace.COOKIE);
    }

    void send(Message message, int... with) throws LinuxException {
        sockets.send("peer", fd, message.bytes(), 0, with);
    }

    void send(ByteBuffer bytes, int... with) throws LinuxException {
        sockets.send("peer", fd, bytes, 0, with);
    }

    /** The next message; empty if the other side has hung up. */
    Optional<Message> receive() throws LinuxException, ProtocolException {
        Await.until("the server has sent a message", () -> {
            try {
                return linux.poll(100, fd) != 0;
            } catch (LinuxException e) {
                throw new AssertionError(e);
            }
        });
        ByteBuffer bytes = ByteBuffer.allocate(Message.BYTES);
        try {
            return sockets.receive("peer", fd, bytes, 0).bytes() == 0 ? Optional.empty()
                    : Optional.of(Message.parse(bytes.flip()));
        } catch (LinuxException e) {
            assertThat(e.errno()).isEqualTo(Errno.ECONNRESET);
            return receive();
        }
    }

    /** The reason with which the other side ends the connection. */
    String refusal() throws LinuxException, ProtocolException {
        Optional<Message> message = receive();
        while (message.isPresent() && !(message.get() instanceof Message.Disconnect)) {
            message = receive();
        }
        return message.map(end -> ((Message.Disconnect) end).reason()).orElse("hung up");
    }

    int eventfd() throws LinuxException {
        fds.add(linux.eventfd());
        return fds.get(fds.size() - 1);
    }

    void init(int id, String secret) throws LinuxException, ProtocolException {
        receive();
        send(new Message.Init(Message.VERSION, id, Message.MODE_ETHERNET, secret, "peer"));
    }

    /** Asks for the interface 0 and tells the memory. */
    Peer tell() throws LinuxException, ProtocolException {
        init(0, "");
        receive();
        send(new Message.AddRegion(0, SIZE), memory);
        receive();
        return this;
    }

    /** Does the whole handshake, until the server has connected. */
    Peer connect() throws LinuxException, ProtocolException {
        tell();
        send(new Message.AddRing(true, 0, 0, 0, LOG2), eventfd());
        receive();
        send(new Message.AddRing(false, 0, 0, M2S, LOG2), eventfd());
        receive();
        send(new Message.Connect("peer0"));
        receive();
        return this;
    }

    /** Whether an eventfd was written since the last call. */
    boolean interrupted() throws LinuxException {
        boolean any = false;
        for (int fd : fds) {
            any |= linux.drain(fd);
        }
        return any;
    }

    /** Writes a descriptor of the ring at {@code ring}. */
    void describe(long ring, int slot, int flags, int region, int length, long offset) {
        long at = descriptor(ring, slot);
        RawMemory.putLong(at, flags | (long) region << 16 | (long) length << 32);
        RawMemory.putLong(at + 8, offset);
    }

    long descriptor(long ring, int slot) {
        return address + ring + RingPlace.HEADER_BYTES
                + (long) slot * RingPlace.DESCRIPTOR_BYTES;
    }

    void head(long ring, int head) {
        RawMemory.putShortRelease(address + ring + 6, (short) head);
    }

    int tail(long ring) {
        return Short.toUnsignedInt(RawMemory.getShortVolatile(address + ring + TAIL));
    }

    /** Hangs up without a word, as the kernel does when a process is killed. */
    void die() {
        linux.close(fd);
        fds.add(-1);
    }

    @Override
    public void close() throws LinuxException {
        if (!fds.contains(-1)) {
            linux.close(fd);
        }
        fds.stream().filter(open -> open >= 0).forEach(linux::close);
        linux.unmap(address, SIZE);
        linux.close(memory);
    }
}
