// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.bus.pci.PciDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.pmd.eth.TxRing;
import io.hotbus.pmd.pci.NicQueue;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * A transmit queue. The header of a packet is written into its headroom, so that the packet takes
 * one descriptor; the header of a packet that is shared, or has no headroom, lies beside the ring.
 * Source: 5.1.6.2.
 */
final class VirtioTxQueue extends TxRing implements NicQueue {
    private final PciDevice device;
    private final VirtioRing ring;
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
    VirtioTxQueue(VirtioRing.Ground ground, QueueSetup setup, int most) throws DeviceException {
        super(setup, ground.device() + " transmit queue " + setup.index());
        this.device = ground.device();
        this.most = most;
        this.inOrder = VirtioFeature.has(ground.features(), VirtioFeature.IN_ORDER);
        this.chains = new short[setup.descriptors()];
        ground.requireBuffers(setup.pool(), toString());
        this.ring = VirtioRing.allocate(ground, toString(), setup.descriptors());
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        if (fault != null || device.isGone() || !reclaim(caches)) {
            return 0;
        }
        int taken = 0;
        int refused = 0;
        long bytes = 0;
        for (; taken < count; taken++) {
            long packet = mbufs[taken];
            int length = Mbuf.length(packet);
            int segments = Mbuf.segments(packet);
            boolean inPlace = takesHeader(packet);
            int needed = inPlace ? segments : segments + 1;
            if (needed > mask || !isPossible(packet, length)) {
                refuse(caches, packet);
                refused++;
                continue;
            }
            if (needed > free()) {
                break;
            }
            write(packet, segments, inPlace);
            bytes += length;
        }
        if (taken > refused) {
            ring.publish(doorbell);
            counters.add(taken - refused, bytes);
        }
        return taken;
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
            ring.describe(head, 0, head, Mbuf.dataIova(packet) - VirtioHeader.BYTES,
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
            ring.describe(head, descriptors++, head, Mbuf.dataIova(segment),
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
    String fault() {
        return fault;
    }

    VirtioRing ring() {
        return ring;
    }

    @Override
    public long state() {
        return ring.progress();
    }

    /** A queue that was idle and has packets now has not worked yet. */
    @Override
    public boolean hasWorked(long before, long now) {
        return before != VirtioRing.NONE;
    }

    @Override
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
    void prepare(boolean withOffloads) {
        offloads = withOffloads;
        returnBuffers();
        ring.clear();
        Arrays.fill(chains, (short) 0);
        oldest = 0;
        fault = null;
    }

    /** The device works from now on. */
    void handOver(VirtioDoorbell bell) {
        doorbell = bell;
    }

    @Override
    public void close() {
        super.close();
        ring.close();
    }
}
