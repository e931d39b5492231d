// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.RxRing;

/**
 * A receive queue. The header of a packet lies at the end of the headroom. With mergeable receive
 * buffers a packet that does not fit in one buffer is a chain of segments. Source: 5.1.6.3 and
 * 5.1.6.4.
 */
public final class VirtioRxQueue extends RxRing {
    private final VirtioGround ground;
    private final VirtioRing ring;
    /** Whether the device takes virtual addresses. */
    private final boolean virtual;
    private final boolean mergeable;
    private final boolean inOrder;
    /** Bytes of a buffer for the device: a header and the data room. */
    private final int room;
    /** The id of the buffer at each place of the ring. The device returns them in any order. */
    private final int[] ids;
    /** The place of the buffer of each id. */
    private final int[] places;
    /** What the device has returned last, while buffers before that are to be taken; or NONE. */
    private long batch = VirtioRing.NONE;
    /** Buffers of the packet that begins with the first buffer, as read once. */
    private int parts = 1;
    /** Buffers of the present packet that are still to come. */
    private int left;
    /** Whether the headers tell of checksums. */
    private boolean checksums;
    /** The flags of the present packet. */
    private long flags;
    /** What the device has done wrong; null if nothing. */
    private volatile String fault;
    private VirtioDoorbell doorbell;

    /**
     * Creates the queue.
     *
     * @throws DeviceException the buffers are too small, or the ring cannot be allocated
     */
    public VirtioRxQueue(VirtioGround ground, QueueSetup setup) throws DeviceException {
        super(setup, ground.device() + " receive queue " + setup.index());
        this.ground = ground;
        this.virtual = ground.takesVirtualAddresses();
        this.mergeable = VirtioFeature.has(ground.features(), VirtioFeature.MRG_RXBUF);
        this.inOrder = VirtioFeature.has(ground.features(), VirtioFeature.IN_ORDER);
        int dataRoom = setup.pool().dataRoom();
        int least = mergeable ? 64 : EthDevInfo.DEFAULT_MTU + EthDevInfo.OVERHEAD;
        if (dataRoom < least) {
            throw new DeviceException(("%s: the buffers of mempool %s have %s bytes for data, and "
                    + "%s are needed (--mbuf-size)").formatted(
                    this, setup.pool().name(), dataRoom, least));
        }
        this.room = VirtioHeader.BYTES + dataRoom;
        this.ids = new int[setup.descriptors()];
        this.places = new int[setup.descriptors()];
        ground.requireBuffers(setup.pool(), toString());
        this.ring = VirtioRing.allocate(ground, toString(), setup.descriptors());
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (fault != null || ground.isCut()) {
            return 0;
        }
        int received = 0;
        long bytes = 0;
        while (received < count) {
            long element = next(ring);
            if (element == VirtioRing.NONE || !accept(element)) {
                break;
            }
            ring.take(1);
            long packet = receive(caches, (int) (element >>> Integer.SIZE));
            if (packet != 0) {
                if (flags != 0) {
                    Mbuf.setFlags(packet, flags);
                }
                mbufs[received++] = packet;
                bytes += Mbuf.length(packet);
            }
        }
        if (received > 0) {
            counters.add(received, bytes);
        }
        if (fault == null) {
            refill(caches);
        }
        return received;
    }

    /**
     * The next returned buffer, as {@link VirtioRing#next}. A device that uses buffers in order may
     * return only the last one of several, of which it has filled the others, 2.7.9 and 2.8.8.
     */
    private long next(VirtioRing from) {
        if (!inOrder) {
            return from.next();
        }
        long element = batch == VirtioRing.NONE ? from.next() : batch;
        int id = (int) element;
        boolean others = element != VirtioRing.NONE && owns(id) && id != ids[first];
        batch = others ? element : VirtioRing.NONE;
        return others ? ids[first] | (long) room << Integer.SIZE : element;
    }

    private boolean owns(int id) {
        return id >= 0 && id <= mask && ((places[id] - first) & mask) < owned;
    }

    /** Whether the device may return this buffer, with so many bytes. Moves it to the front. */
    private boolean accept(long element) {
        int id = (int) element;
        int length = (int) (element >>> Integer.SIZE);
        if (owned == 0 || id != ids[first] && !bringForward(id)) {
            return fail("the device has returned buffer " + id + ", which it does not have");
        }
        if (length < 0 || length > room) {
            return fail("the device has written %s bytes into a buffer of %s"
                    .formatted(length, room));
        }
        if (left != 0) {
            return length != 0 || fail("the device has written nothing into a part of a packet");
        }
        if (length < VirtioHeader.BYTES) {
            return fail("the device has written %s bytes, which is no header".formatted(length));
        }
        if (mergeable) {
            parts = parts(buffers[first]);
            if (parts == 0 || parts > mask) {
                return fail("the device has spread a packet over %s buffers".formatted(parts));
            }
        }
        return true;
    }

    private boolean fail(String why) {
        fault = why;
        return false;
    }

    /** What the device has done wrong, which has stopped this queue; null if nothing. */
    public String fault() {
        return fault;
    }

    private static int parts(long mbuf) {
        return Short.toUnsignedInt(RawMemory.getShort(
                header(mbuf) + VirtioHeader.NUM_BUFFERS));
    }

    /** The header that the device has written into a buffer. */
    private static long header(long mbuf) {
        return mbuf + Mbuf.HEADER + Mbuf.HEADROOM - VirtioHeader.BYTES;
    }

    /** Moves the buffer of that id to the front. False if the device does not have it. */
    private boolean bringForward(int id) {
        if (!owns(id)) {
            return false;
        }
        int place = places[id];
        long mbuf = buffers[place];
        buffers[place] = buffers[first];
        buffers[first] = mbuf;
        put(ids[first], place);
        put(id, first);
        return true;
    }

    private void put(int id, int place) {
        ids[place] = id;
        places[id] = place;
    }

    /** Takes the next buffer. Returns the packet that ends in it; 0 if none does. */
    private long receive(MempoolCaches caches, int length) {
        long mbuf = take();
        if (left != 0) {
            // No header, so the data begins where a header would.
            left--;
            return join(caches, mbuf, VirtioHeader.BYTES, length, left == 0);
        }
        int bytes = length - VirtioHeader.BYTES;
        left = parts - 1;
        flags = checksums ? VirtioOffload.received(header(mbuf)) : 0;
        if (left == 0 && bytes != 0) {
            Mbuf.received(mbuf, bytes, portId);
            return mbuf;
        }
        return join(caches, mbuf, 0, bytes, left == 0);
    }

    @Override
    protected void arm(int index, int count) {
        for (int i = 0; i < count; i++) {
            int at = (index + i) & mask;
            int id = ids[at];
            long to = virtual ? header(buffers[at])
                    : Mbuf.receiveIova(buffers[at]) - VirtioHeader.BYTES;
            ring.describe(at, 0, id, to, room, VirtioRing.WRITE);
            ring.offer(at, 1, id);
        }
    }

    @Override
    protected void ringDoorbell(int tail) {
        ring.publish(doorbell);
    }

    /** The virtqueue. */
    public VirtioRing ring() {
        return ring;
    }

    /**
     * Fills the ring; the device does not use it yet.
     *
     * @param cksums whether the device tells of checksums
     * @throws DeviceException there are too few buffers in the pool
     */
    public void prepare(boolean cksums) throws DeviceException {
        ring.clear();
        for (int i = 0; i <= mask; i++) {
            put(i, i);
        }
        checksums = cksums;
        left = 0;
        batch = VirtioRing.NONE;
        fault = null;
        fill();
    }

    /** Passes the ring to the device, which works. */
    public void handOver(VirtioDoorbell bell) {
        doorbell = bell;
        ring.publish(bell);
    }

    @Override
    public void close() {
        super.close();
        ring.close();
    }
}
