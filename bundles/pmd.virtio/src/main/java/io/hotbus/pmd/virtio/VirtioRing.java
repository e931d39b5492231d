// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.pmd.DmaRing;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A virtqueue in memory: descriptors that the driver offers to the device and that the device
 * returns. Thread of the queue; control threads while the queue is stopped. Source: 2.6 to 2.8.
 *
 * <p>A chain of descriptors has an id: the number of a place of the ring. Places are taken in the
 * order of the ring. The device may return chains in any order.
 *
 * <p>A process has at most the two kinds of rings, so calls of these methods are inlined.
 */
@ProviderType
public abstract sealed class VirtioRing implements AutoCloseable permits SplitRing, PackedRing {
    /** {@link #next} if the device has returned nothing. */
    public static final long NONE = -1;

    /** Descriptor flag: the chain goes on. */
    public static final int NEXT = 1;
    /** Descriptor flag: the device writes. */
    public static final int WRITE = 2;

    /** Bytes for each descriptor: all areas of either kind, and a header of a packet. */
    public static final int SPACE = 48;
    private static final int HEADER_SPACE = 16;
    /** With fewer descriptors {@link #SPACE} would not hold the fixed parts. */
    public static final int LEAST = 16;

    /** The number of descriptors minus one. */
    public final int mask;
    private final DmaRing memory;
    private final long device;
    private final long headers;

    /** {@code device}: the address of the memory for the device. */
    VirtioRing(DmaRing memory, long device, int descriptors) {
        this.memory = memory;
        this.device = device;
        this.mask = descriptors - 1;
        this.headers = memory.address() + (long) (SPACE - HEADER_SPACE) * descriptors;
    }

    /**
     * Allocates a ring of the kind that the features say.
     *
     * @param descriptors a power of two
     * @throws DeviceException there is no memory, or the device cannot reach it
     */
    public static VirtioRing allocate(VirtioGround ground, String label, int descriptors)
            throws DeviceException {
        DmaRing memory = ground.allocate(label, Math.max(LEAST, descriptors), SPACE);
        long device = ground.takesVirtualAddresses() ? memory.address() : memory.iova();
        return VirtioFeature.has(ground.features(), VirtioFeature.RING_PACKED)
                ? new PackedRing(memory, device, descriptors)
                : new SplitRing(memory, device, descriptors,
                        VirtioFeature.has(ground.features(), VirtioFeature.EVENT_IDX));
    }

    /** How many descriptors it has. */
    public final int size() {
        return mask + 1;
    }

    /** The address of the descriptor area for the device. */
    public final long descriptorArea() {
        return device;
    }

    /** The address of the driver area for the device. */
    public final long driverArea() {
        return device + driverOffset();
    }

    /** The address of the device area for the device. */
    public final long deviceArea() {
        return device + deviceOffset();
    }

    /** The address of the descriptor area for this process. */
    public final long descriptorAddress() {
        return base();
    }

    /** The address of the driver area for this process. */
    public final long driverAddress() {
        return base() + driverOffset();
    }

    /** The address of the device area for this process. */
    public final long deviceAddress() {
        return base() + deviceOffset();
    }

    abstract long driverOffset();

    abstract long deviceOffset();

    /** The address of the first descriptor. */
    final long base() {
        return memory.address();
    }

    /** The address of the header that belongs to a place. */
    final long header(int place) {
        return headers + (long) place * HEADER_SPACE;
    }

    /** The address of the header that belongs to a place, for the device. */
    final long headerIova(int place) {
        return device + header(place) - memory.address();
    }

    /** Empties the ring. The device does not use it. */
    public void clear() {
        memory.clear();
    }

    /**
     * Writes a descriptor of a chain.
     *
     * @param head  the place of the first descriptor of the chain; chains follow each other
     * @param nth   the number of the descriptor in its chain, from 0 on
     * @param id    the id of the chain, the place of its first descriptor where it has several
     * @param flags {@link #NEXT}, {@link #WRITE}
     */
    public abstract void describe(int head, int nth, int id, long iova, int length, int flags);

    /** Offers the chain that begins at {@code head}, whose descriptors are all written. */
    public abstract void offer(int head, int descriptors, int id);

    /** Lets the device see what was offered, and rings the doorbell if the device wants that. */
    public abstract void publish(VirtioDoorbell doorbell);

    /**
     * The next chain that the device has returned: its id in the low 32 bits, and above them how
     * many bytes the device has written. {@link #NONE} if there is none. Whatever the device
     * writes, no chain looks like NONE.
     */
    public abstract long next();

    /** Passes over the chain that {@link #next} returns. */
    public abstract void take(int descriptors);

    /**
     * What changes when the device works: a number that stands still while it does not; {@link
     * #NONE} if the device has nothing to do. Any thread, while the ring is not closed.
     */
    public abstract long progress();

    /** Makes sure that no returned chain equals {@link #NONE}. */
    static long positive(long element) {
        return element < 0 ? Long.MAX_VALUE : element;
    }

    /** Frees the memory. The device cannot reach it by then. Idempotent. */
    @Override
    public final void close() {
        memory.close();
    }

    /** Whether 16-bit indices say that the other side is to be told, 2.7.7.1. */
    static boolean needsEvent(int event, int next, int before) {
        return ((next - event - 1) & 0xffff) < ((next - before) & 0xffff);
    }

    static int unsigned16(long address) {
        return Short.toUnsignedInt(RawMemory.getShortVolatile(address));
    }
}
