// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.io.RawMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/**
 * One ring of a connection, as this side uses it: what may be filled or consumed, and where the
 * buffers are. The thread of the queue alone uses it; {@link #lie()} is for any thread.
 *
 * <p>The sender of a ring S2M moves {@code head}, and the receiver moves {@code tail} after it. In
 * a ring M2S the receiver, the client, offers buffers by moving {@code head}, and the sender moves
 * {@code tail} over the buffers that it has filled. Each side keeps its own index here and never
 * reads it from the memory. The index of the peer and each descriptor are read once, and checked.
 */
final class Ring {
    static final int FLAG_NEXT = 1;

    /** In one word: the cookie (32 bits), the flags (16) and the head (16). */
    private static final int FLAGS = 4;
    private static final int HEAD = 6;
    private static final int TAIL = 64;
    private static final int FLAG_MASK_INT = 1;
    private static final int LENGTH_SHIFT = 32;
    private static final long REGION_MASK = 0xffff_0000L;
    private static final int INDEX_MASK = 0xffff;

    private static final VarHandle LIE_KIND;

    static {
        try {
            LIE_KIND = MethodHandles.lookup().findVarHandle(Ring.class, "lieKind", Lie.Kind.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RingPlace place;
    private final Regions regions;
    private final int eventfd;
    private final long address;
    private final int mask;
    /** Whether this side moves the head: the client, in both directions. */
    private final boolean movesHead;
    /** Our index: the head or the tail of the ring, and for a receiving client the next slot. */
    private int own;
    /** For a receiving client: the head, up to which buffers are offered. */
    private int offered;
    /** The flags of the ring as they were read last. */
    private int flags;
    /** Null as long as the peer did nothing wrong. Written last of the four. */
    private Lie.Kind lieKind;
    private int lieSlot;
    private long lieWord;
    private long lieMore;

    /** {@code eventfd} wakes the receiver of the ring. */
    Ring(RingPlace place, Regions regions, int eventfd) {
        this.place = place;
        this.regions = regions;
        this.eventfd = eventfd;
        this.address = place.address();
        this.mask = place.size() - 1;
        this.movesHead = place.own();
    }

    /** Tells the sender not to write to the eventfd, as the receiver polls. The receiver. */
    void maskInterrupts() {
        RawMemory.putShortRelease(address + FLAGS, (short) FLAG_MASK_INT);
    }

    RingPlace place() {
        return place;
    }

    int eventfd() {
        return eventfd;
    }

    int size() {
        return place.size();
    }

    /** The next slot to be filled or consumed. */
    int next() {
        return own;
    }

    /** What the peer did wrong; empty if nothing. Any thread. */
    Optional<Lie> lie() {
        Lie.Kind kind = (Lie.Kind) LIE_KIND.getAcquire(this);
        return kind == null ? Optional.empty()
                : Optional.of(new Lie(kind, lieSlot, lieWord, lieMore));
    }

    /** Whether the peer did something wrong, so that the ring is not used any more. */
    boolean isBroken() {
        return lieKind != null;
    }

    /** Keeps the first thing that the peer did wrong. */
    void tell(Lie.Kind kind, int slot, long word, long more) {
        if (lieKind == null) {
            lieSlot = slot & mask;
            lieWord = word;
            lieMore = more;
            LIE_KIND.setRelease(this, kind);
        }
    }

    /** How many slots the sender may fill now; 0 also if the ring is broken. */
    int free() {
        int peer = peer();
        int used = (own - peer) & INDEX_MASK;
        // The client counts what the server has not consumed, the server the buffers offered.
        int free = movesHead ? place.size() - used : (peer - own) & INDEX_MASK;
        return checked(free, peer);
    }

    /** How many slots the receiver may consume now; 0 also if the ring is broken. */
    int filled() {
        int peer = peer();
        int filled = (peer - own) & INDEX_MASK;
        int most = movesHead ? (offered - own) & INDEX_MASK : place.size();
        return checked(filled <= most ? filled : -1, peer);
    }

    private int checked(int count, int peer) {
        if (lieKind != null) {
            return 0;
        }
        if (count < 0 || count > place.size()) {
            tell(movesHead ? Lie.Kind.TAIL : Lie.Kind.HEAD, own, peer, place.size());
            return 0;
        }
        return count;
    }

    /** Reads the index of the peer, and what shows whether the memory is there. */
    private int peer() {
        long word = RawMemory.getLongVolatile(address);
        flags = (int) (word >>> Integer.SIZE);
        if ((int) word != RingPlace.COOKIE) {
            tell(Lie.Kind.COOKIE, 0, (int) word, 0);
        }
        return movesHead ? RawMemory.getShortVolatile(address + TAIL) & INDEX_MASK
                : (int) (word >>> Long.SIZE - Short.SIZE);
    }

    private long descriptor(int slot) {
        return place.descriptor(slot & mask);
    }

    /** Reads the flags, the region and the length of a descriptor. */
    long word(int slot) {
        return RawMemory.getLongVolatile(descriptor(slot));
    }

    /**
     * Does {@link #word} for up to {@code count} slots, and returns for how many. The CPU of the
     * peer wrote the descriptors; read one after the other, their cache lines arrive together.
     */
    int words(int slot, long[] to, int count) {
        int read = Math.min(count, to.length);
        for (int i = 0; i < read; i++) {
            to[i] = word(slot + i);
        }
        return read;
    }

    /** The first half of the descriptor of a buffer that may be filled; says how much fits. */
    long capacity(int slot) {
        return place.own() ? (long) place.bufferSize() << LENGTH_SHIFT : word(slot);
    }

    /** Does {@link #buffer} for a buffer that is to be filled, and so must not be empty. */
    long room(int slot, long word) {
        if (length(word) <= 0) {
            tell(Lie.Kind.LENGTH, slot, word, 0);
            return 0;
        }
        return buffer(slot, word);
    }

    static boolean hasNext(long word) {
        return (word & FLAG_NEXT) != 0;
    }

    /** The bytes in the buffer; negative if they are more than any buffer has. */
    static int length(long word) {
        return (int) (word >> LENGTH_SHIFT);
    }

    /**
     * Returns the address of the buffer of a slot, whose descriptor holds {@code word}. Returns 0
     * if the descriptor lies; the ring is broken then.
     */
    long buffer(int slot, long word) {
        int length = length(word);
        if (place.own()) {
            if (Integer.compareUnsigned(length, place.bufferSize()) > 0) {
                tell(Lie.Kind.LENGTH, slot, word, place.bufferSize());
                return 0;
            }
            return place.buffers() + (long) (slot & mask) * place.bufferSize();
        }
        long offset = RawMemory.getLongVolatile(descriptor(slot) + Long.BYTES) & 0xffff_ffffL;
        long buffer = regions.address((int) ((word & REGION_MASK) >>> Short.SIZE), offset,
                Integer.toUnsignedLong(length));
        if (buffer == 0) {
            tell(Lie.Kind.BUFFER, slot, word, offset);
        }
        return buffer;
    }

    /** Writes a descriptor of a filled buffer: {@code word} as it was read, with another length. */
    void fill(int slot, long word, int length, boolean more) {
        long region = place.own() ? 0 : word & REGION_MASK;
        RawMemory.putLong(descriptor(slot),
                (long) length << LENGTH_SHIFT | region | (more ? FLAG_NEXT : 0));
    }

    /** Shows the receiver that all slots before {@code slot} are filled. */
    void publish(int slot) {
        own = slot & INDEX_MASK;
        RawMemory.putShortRelease(address + (movesHead ? HEAD : TAIL), (short) slot);
    }

    /** Shows the sender that all slots before {@code slot} are consumed. */
    void consumed(int slot) {
        own = slot & INDEX_MASK;
        if (movesHead) {
            offer((slot + place.size()) & INDEX_MASK);
        } else {
            RawMemory.putShortRelease(address + TAIL, (short) slot);
        }
    }

    /**
     * Takes the marks of a chain away, before its slots are consumed. A client that never does it
     * itself, like DPDK 22.11, would send its next frames as one.
     */
    void unchain(int first, int last) {
        for (int slot = first; slot < last; slot++) {
            RawMemory.putShort(descriptor(slot), (short) 0);
        }
    }

    /** Offers the buffers before slot {@code end} to the server. */
    private void offer(int end) {
        while (offered != end) {
            RawMemory.putLong(descriptor(offered), capacity(offered));
            offered = (offered + 1) & INDEX_MASK;
        }
        RawMemory.putShortRelease(address + HEAD, (short) offered);
    }

    /** Whether this is a receiving client that has not offered its buffers yet. */
    boolean offersNone() {
        return movesHead && offered == own && lieKind == null;
    }

    /** Whether the receiver wants to be woken. Valid after {@link #free}. */
    boolean wantsInterrupt() {
        return (flags & FLAG_MASK_INT) == 0 && eventfd >= 0;
    }

    @Override
    public String toString() {
        return place.toString();
    }
}
