// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.net.memif.Message.AddRegion;
import io.hotbus.net.memif.Message.AddRing;
import io.hotbus.net.memif.Message.Init;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The server's side of a connection. The client asks for an interface, tells its regions and rings,
 * and connects. Under the monitor of {@link Registry}.
 */
final class ServerConnection extends Connection {
    private static final int MAX_INDEX = 0xff;
    /** Pages of the peer that are read count as memory of this process. Offsets have 32 bits. */
    private static final long MOST_BYTES = 1L << Integer.SIZE;
    /** O_NONBLOCK (04000) among the octal flags of a descriptor. */
    private static final Pattern NON_BLOCKING =
            Pattern.compile("(?m)^flags:\\s*\\d*[4-7]\\d{3}$");
    private static final String EVENTFD = "anon_inode:[eventfd]";

    /** What the client has told of a ring, with the eventfd that came with it. */
    private record Told(AddRing ring, int fd) {
    }

    private final Listener listener;
    private final List<AddRegion> regions = new ArrayList<>();
    private final List<Integer> memory = new ArrayList<>();
    /** By direction and index: S2M first. */
    private final TreeMap<Integer, Told> rings = new TreeMap<>();
    private Init init;
    private String client = "";

    ServerConnection(Registry registry, Listener listener, Channel channel) {
        super(registry, channel);
        this.listener = listener;
    }

    /** Greets the client. */
    void greet() {
        channel.send(new Message.Hello(PROGRAM, Message.VERSION, Message.VERSION,
                Regions.MAX - 1, MAX_INDEX, MAX_INDEX, RingPlace.MAX_LOG2_SIZE));
    }

    /** What the client asked for; null if it has not asked yet. */
    Init init() {
        return init;
    }

    /** Takes the connection for a device that is started. */
    void accept(Endpoint endpoint) {
        setEndpoint(endpoint);
        channel.send(new Message.Ack());
    }

    @Override
    protected boolean handle(Message message, int fd) throws ProtocolException {
        if (message instanceof Init asked && init == null) {
            init = asked;
            client = asked.name();
            listener.asked(this);
            return false;
        }
        if (endpoint().isEmpty() || isConnected()) {
            throw unexpected(message);
        }
        if (message instanceof AddRegion region) {
            addRegion(region, fd);
        } else if (message instanceof AddRing ring) {
            addRing(ring, fd);
        } else if (message instanceof Message.Connect connect) {
            connectRings();
            channel.send(new Message.Connected(endpoint().orElseThrow().name()));
            connect("%s of '%s'".formatted(connect.name(), client));
            return false;
        } else {
            throw unexpected(message);
        }
        fds.add(fd);
        channel.send(new Message.Ack());
        return true;
    }

    private void addRegion(AddRegion region, int fd) throws ProtocolException {
        if (region.index() != regions.size() || region.index() >= Regions.MAX) {
            throw new ProtocolException("Invalid region index " + region.index());
        }
        long size = sizeOf(fd, region.index());
        if (region.size() <= 0 || region.size() > size) {
            throw new ProtocolException("Region %s has %s bytes, not %s".formatted(
                    region.index(), size, Long.toUnsignedString(region.size())));
        }
        if (region.size() > MOST_BYTES - regions.stream().mapToLong(AddRegion::size).sum()) {
            throw new ProtocolException("The regions have more than " + MOST_BYTES + " bytes");
        }
        regions.add(region);
        memory.add(fd);
    }

    /** The bytes of the memory; refuses a file whose pages may be slow to come, or never come. */
    private long sizeOf(int fd, int index) throws ProtocolException {
        try {
            if (!platform.linux().keepsItsSize(fd)) {
                endpoint().orElseThrow().warn("region " + index + " is not sealed against shrinking"
                        + " (F_SEAL_SHRINK): if the peer shrinks it, the device counts as removed");
            }
            return Files.size(Path.of("/proc/self/fd/" + fd));
        } catch (IOException e) {
            throw new ProtocolException("Region " + index + " is not shared memory (memfd)");
        }
    }

    private void addRing(AddRing ring, int fd) throws ProtocolException {
        Endpoint endpoint = endpoint().orElseThrow();
        int count = ring.s2m() ? endpoint.rx().size() : endpoint.tx().size();
        String name = (ring.s2m() ? "ring S2M " : "ring M2S ") + ring.index();
        if (ring.index() >= count) {
            throw new ProtocolException("Invalid ring index: %s, the server has %s"
                    .formatted(name, count));
        }
        if (ring.region() >= regions.size() || ring.log2Size() > RingPlace.MAX_LOG2_SIZE
                || ring.offset() % Long.BYTES != 0
                || ring.offset() + RingPlace.bytes(ring.log2Size())
                        > regions.get(ring.region()).size()) {
            throw new ProtocolException(name + " is not in its region");
        }
        requireEventfd(name, fd);
        if (rings.putIfAbsent((ring.s2m() ? 0 : MAX_INDEX + 1) + ring.index(),
                new Told(ring, fd)) != null) {
            throw new ProtocolException(name + " is added twice");
        }
    }

    /** A write to anything else might wait for the peer. */
    private static void requireEventfd(String name, int fd) throws ProtocolException {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            if (EVENTFD.equals(file) && NON_BLOCKING.matcher(
                    Files.readString(Path.of("/proc/self/fdinfo/" + fd))).find()) {
                return;
            }
        } catch (IOException e) {
            // It is refused, too.
        }
        throw new ProtocolException("The interrupt of " + name
                + " is not an eventfd that does not block");
    }

    private void connectRings() throws ProtocolException {
        Endpoint endpoint = endpoint().orElseThrow();
        long page = platform.linux().pageSize();
        for (AddRegion region : regions) {
            try {
                windows.add(platform.mapper().map(endpoint.device().windows(),
                        new MmioMapper.Source("region " + region.index(),
                                memory.get(region.index()), 0,
                                (region.size() + page - 1) / page * page, Fill.ZEROS)));
            } catch (IOException e) {
                endpoint.warn(e.getMessage());
                throw new ProtocolException("Region " + region.index() + " cannot be mapped");
            }
        }
        Regions mapped = new Regions(windows, regions.stream().map(AddRegion::size).toList());
        for (Told told : rings.values()) {
            AddRing ring = told.ring();
            RingPlace.File file =
                    new RingPlace.File(memory.get(ring.region()), ring.offset());
            Ring used = new Ring(new RingPlace(ring.s2m(), false,
                    mapped.address(ring.region(), ring.offset(), 0), 1 << ring.log2Size(), file,
                    0, 0), mapped, told.fd());
            if (!used.place().holdsRing()) {
                throw new ProtocolException("There is no ring at the place of " + used);
            }
            if (ring.s2m()) {
                used.maskInterrupts();
                use(endpoint.rx().get(ring.index()), used);
            } else {
                use(endpoint.tx().get(ring.index()), used);
            }
        }
    }

    @Override
    protected void abandon(String reason) {
        listener.forget(this);
        super.abandon(reason);
    }

    @Override
    protected void refused(String reason) {
        listener.refused(this, reason);
    }
}
