// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.PacketCopier;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.TxRing;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A transmit queue. The header of a packet is written into its headroom, so that the packet takes
 * one descriptor; the header of a packet that is shared, or has no headroom, lies beside the ring.
 * Source: 5.1.6.2.
 */
public final class VirtioTxQueue extends TxRing {
    private final VirtioGround ground;
    private final VirtioRing ring;
    /** Whether the device takes virtual addresses. */
    private final boolean virtual;
    private final PacketCopier copier;
    private final long[] forgotten = new long[1];
    /** The longest packet, in bytes. */
    private final int most;
    private final boolean inOrder;
    /**
     * The number of descriptors of the chain that begins at a place; negative once the device has
     * returned the chain, 0 if none begins there.
     */
    private final short[] chains;
    /** In order: the place of the chain that the device returns next. */
    private int oldest;
    /** Whether packets may ask for checksums. */
    private boolean offloads;
    /** What the device has done wrong; null if nothing. */
    private volatile String fault;
    private VirtioDoorbell doorbell;

    /**
     * Creates the queue.
     *
     * @param most the longest packet, in bytes
     * @throws DeviceException the ring cannot be allocated
     */
    public VirtioTxQueue(VirtioGround ground, QueueSetup setup, int most) throws DeviceException {
        super(setup, ground.device() + " transmit queue " + setup.index());
        this.ground = ground;
        this.virtual = ground.takesVirtualAddresses();
        this.copier = new PacketCopier(setup.pool());
        this.most = most;
        this.inOrder = VirtioFeature.has(ground.features(), VirtioFeature.IN_ORDER);
        this.chains = new short[setup.descriptors()];
        ground.requireBuffers(setup.pool(), toString());
        this.ring = VirtioRing.allocate(ground, toString(), setup.descriptors());
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        // Used descriptors are looked for only when room gets scarce: the device writes there.
        if (fault != null || ground.isCut() || free() < 2 * count && !reclaim(caches)) {
            return 0;
        }
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (; taken < count; taken++) {
            long packet = reachable(caches, mbufs[taken]);
            if (packet == 0) {
                break;
            }
            int length = Mbuf.length(packet);
            int segments = Mbuf.segments(packet);
            boolean inPlace = takesHeader(packet);
            int needed = inPlace ? segments : segments + 1;
            boolean possible = needed <= mask && isPossible(packet, length);
            if (possible && needed > free() && (!reclaim(caches) || needed > free())) {
                forget(caches, packet, mbufs[taken]);
                break;
            }
            forget(caches, mbufs[taken], packet);
            if (possible) {
                write(packet, segments, inPlace);
                bytes += length;
            } else {
                refuse(caches, packet);
                refused++;
            }
        }
        if (taken > refused) {
            ring.publish(doorbell);
            counters.add(taken - refused, bytes);
        }
        return taken;
    }

    /**
     * Returns the packet, or a copy of a packet that the device cannot read. 0 if there is no
     * buffer for a copy.
     */
    private long reachable(MempoolCaches caches, long packet) {
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            if (!ground.reaches(segment)) {
                long copy = copier.copy(caches, packet);
                if (copy == 0) {
                    counters.addNoMbuf();
                }
                return copy;
            }
            segment = left > 1 ? Mbuf.next(segment) : segment;
        }
        return packet;
    }

    /** Gives back one of a packet and its copy; nothing if both are the same. */
    private void forget(MempoolCaches caches, long one, long other) {
        if (one != other) {
            forgotten[0] = one;
            caches.free(forgotten, 0, 1);
        }
    }

    private long address(long segment) {
        return virtual ? Mbuf.data(segment) : Mbuf.dataIova(segment);
    }

    private boolean isPossible(long packet, int length) {
        boolean asked = offloads && VirtioOffload.isAsked(packet);
        return (length <= most || asked && VirtioOffload.isSegmented(packet))
                && !lacksBytes(packet) && (!asked || VirtioOffload.isPossible(packet));
    }

    /** Whether the header may be written right before the data. */
    private static boolean takesHeader(long packet) {
        return Mbuf.data(packet) - packet >= Mbuf.HEADER + VirtioHeader.BYTES
                && Mbuf.references(packet) == 1;
    }

    /** Writes a chain for the packet: its header, and its segments. */
    private void write(long packet, int segments, boolean inPlace) {
        int head = next();
        int descriptors = 1;
        long segment = packet;
        int left = segments;
        if (inPlace) {
            writeHeader(Mbuf.data(packet) - VirtioHeader.BYTES, packet);
            hold(head, packet);
            left--;
            ring.describe(head, 0, head, address(packet) - VirtioHeader.BYTES,
                    Mbuf.segmentLength(packet) + VirtioHeader.BYTES, more(left));
            segment = left == 0 ? 0 : Mbuf.next(packet);
        } else {
            writeHeader(ring.header(head), packet);
            holdNothing(head);
            ring.describe(head, 0, head, ring.headerIova(head), VirtioHeader.BYTES,
                    VirtioRing.NEXT);
        }
        while (left > 0) {
            left--;
            hold((head + descriptors) & mask, segment);
            ring.describe(head, descriptors++, head, address(segment),
                    Mbuf.segmentLength(segment), more(left));
            segment = left == 0 ? 0 : Mbuf.next(segment);
        }
        chains[head] = (short) descriptors;
        owned += descriptors;
        ring.offer(head, descriptors, head);
    }

    private static int more(int left) {
        return left == 0 ? 0 : VirtioRing.NEXT;
    }

    private void writeHeader(long at, long packet) {
        if (offloads && VirtioOffload.isAsked(packet)) {
            VirtioOffload.write(at, packet);
            return;
        }
        RawMemory.putLong(at, 0);
        RawMemory.putInt(at + Long.BYTES, 0);
    }

    /** Takes what the device has returned. Returns whether the device has done right. */
    private boolean reclaim(MempoolCaches caches) {
        for (long element = ring.next(); element != VirtioRing.NONE; element = ring.next()) {
            int id = (int) element;
            if (id < 0 || id > mask || chains[id] <= 0) {
                fault = "the device has returned chain " + id + ", which it does not have";
                return false;
            }
            // A device that uses chains in order may return the last one of several: 2.7.9, 2.8.8.
            for (int at = inOrder ? oldest : id; ; at = oldest) {
                short descriptors = chains[at];
                ring.take(descriptors);
                chains[at] = (short) -descriptors;
                oldest = (at + descriptors) & mask;
                if (at == id) {
                    break;
                }
            }
        }
        giveBackReturned(caches);
        return true;
    }

    /** Gives back the buffers of the oldest chains, as far as the device has returned them. */
    private void giveBackReturned(MempoolCaches caches) {
        int done = 0;
        while (done < owned) {
            int at = (first + done) & mask;
            if (chains[at] >= 0) {
                break;
            }
            done -= chains[at];
            chains[at] = 0;
        }
        while (done > 0) {
            int part = Math.min(done, size() - first);
            giveBack(caches, part);
            done -= part;
        }
    }

    private int size() {
        return mask + 1;
    }

    /** What the device has done wrong, which has stopped this queue; null if nothing. */
    public String fault() {
        return fault;
    }

    /** The virtqueue. */
    public VirtioRing ring() {
        return ring;
    }

    /**
     * A number that changes when the device has worked, or has new work. Any thread, while the
     * queue is not closed.
     */
    public long state() {
        return ring.progress();
    }

    /**
     * Whether a change of the state from {@code before} to {@code now} shows that the device has
     * worked. A queue that was idle and has packets now has not worked yet.
     */
    public boolean hasWorked(long before, long now) {
        return before != VirtioRing.NONE;
    }

    /**
     * Examines a queue whose state is unchanged for {@code limit}. Returns why that is wrong; empty
     * if the device has nothing to do. Any thread, while the queue is not closed.
     */
    public Optional<String> whyStuck(Duration limit) {
        return ring.progress() == VirtioRing.NONE ? Optional.empty()
                : Optional.of("%s: the device has returned nothing for %s ms"
                        .formatted(this, limit.toMillis()));
    }

    /**
     * Starts with an empty ring. Packets that were not sent before the last stop are lost.
     *
     * @param withOffloads whether packets may ask for checksums
     */
    public void prepare(boolean withOffloads) {
        offloads = withOffloads;
        returnBuffers();
        ring.clear();
        Arrays.fill(chains, (short) 0);
        oldest = 0;
        fault = null;
    }

    /** The device works from now on. */
    public void handOver(VirtioDoorbell bell) {
        doorbell = bell;
    }

    @Override
    public void close() {
        super.close();
        ring.close();
    }
}
