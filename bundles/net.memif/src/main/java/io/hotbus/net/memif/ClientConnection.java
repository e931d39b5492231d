// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.net.memif.Message.AddRegion;
import io.hotbus.net.memif.Message.AddRing;
import io.hotbus.net.memif.Message.Hello;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The client's side of a connection: makes the memory, and tells the server where the rings are,
 * one message after the other. Under the monitor of {@link Registry}.
 */
final class ClientConnection extends Connection {
    /** A message to be sent, with its descriptor or none. */
    private record Step(Message message, int... fds) {
    }

    /** Offsets are numbers of 32 bits. */
    private static final long MAX_REGION = 1L << Integer.SIZE;

    private final Deque<Step> steps = new ArrayDeque<>();
    private boolean greeted;
    private String server = "";

    ClientConnection(Registry registry, Endpoint endpoint, Channel channel) {
        super(registry, channel);
        setEndpoint(endpoint);
    }

    /** The bytes of the memory for that many rings. */
    static long regionBytes(MemifArgs args, int log2Ring, int rings) {
        return rings * (RingPlace.bytes(log2Ring) + ((long) args.bufferSize() << log2Ring));
    }

    /** Whether the memory for that many rings is not too large. */
    static boolean isPossible(MemifArgs args, int rings) {
        return regionBytes(args, args.log2Ring(), rings) <= MAX_REGION;
    }

    @Override
    protected boolean handle(Message message, int fd) throws ProtocolException {
        if (message instanceof Hello hello && !greeted) {
            greeted = true;
            server = hello.name();
            prepare(hello);
            sendNext();
        } else if (message instanceof Message.Ack && steps.size() > 0) {
            sendNext();
        } else if (message instanceof Message.Connected connected && greeted && steps.isEmpty()
                && !isConnected()) {
            connect("%s of '%s'".formatted(connected.name(), server));
        } else {
            throw unexpected(message);
        }
        return false;
    }

    private void sendNext() {
        Step next = steps.remove();
        channel.send(next.message(), next.fds());
    }

    private void prepare(Hello hello) throws ProtocolException {
        if (hello.minVersion() > Message.VERSION || hello.maxVersion() < Message.VERSION) {
            throw new ProtocolException("Incompatible memif version: %s to %s, not %s".formatted(
                    version(hello.minVersion()), version(hello.maxVersion()),
                    version(Message.VERSION)));
        }
        Endpoint endpoint = endpoint().orElseThrow();
        MemifArgs args = endpoint.args();
        int s2m = Math.min(endpoint.tx().size(), hello.maxS2m() + 1);
        int m2s = Math.min(endpoint.rx().size(), hello.maxM2s() + 1);
        int log2Ring = Math.min(args.log2Ring(), hello.maxLog2Ring());
        steps.add(new Step(new Message.Init(Message.VERSION, args.id(), Message.MODE_ETHERNET,
                args.secret(), PROGRAM)));
        try {
            addRings(endpoint, s2m, m2s, log2Ring);
        } catch (IOException e) {
            endpoint.warn(e.getMessage());
            throw new ProtocolException("No memory for the rings");
        }
        steps.add(new Step(new Message.Connect(endpoint.name())));
    }

    private static String version(int number) {
        return (number >> Byte.SIZE) + "." + (number & 0xff);
    }

    private void addRings(Endpoint endpoint, int s2m, int m2s, int log2Ring)
            throws IOException {
        MemifArgs args = endpoint.args();
        int count = s2m + m2s;
        long size = regionBytes(args, log2Ring, count);
        long page = platform.linux().pageSize();
        // Whole pages, so that no side can reach beyond the memory.
        int fd = platform.linux().sharedMemfd(endpoint.name(), (size + page - 1) / page * page);
        fds.add(fd);
        Mmio window = platform.mapper().map(endpoint.device().windows(), new MmioMapper.Source(
                "region 0", fd, 0, (size + page - 1) / page * page, Fill.ZEROS));
        windows.add(window);
        steps.add(new Step(new AddRegion(0, size), fd));
        Regions regions = new Regions(windows, List.of(size));
        for (int i = 0; i < count; i++) {
            boolean toServer = i < s2m;
            int index = toServer ? i : i - s2m;
            long offset = i * RingPlace.bytes(log2Ring);
            long buffers = count * RingPlace.bytes(log2Ring)
                    + ((long) i * args.bufferSize() << log2Ring);
            int eventfd = platform.linux().eventfd();
            fds.add(eventfd);
            RingPlace place = new RingPlace(toServer, true, window.address() + offset,
                    1 << log2Ring, new RingPlace.File(fd, offset), window.address() + buffers,
                    args.bufferSize());
            place.initialise(buffers);
            Ring ring = new Ring(place, regions, eventfd);
            if (!toServer) {
                ring.maskInterrupts();
            }
            use(toServer ? endpoint.tx().get(index) : endpoint.rx().get(index), ring);
            steps.add(new Step(new AddRing(toServer, index, 0, offset, log2Ring), eventfd));
        }
    }
}
