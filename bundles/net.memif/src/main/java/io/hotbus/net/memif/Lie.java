// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

/**
 * Something that the peer wrote into the shared memory and that cannot be true.
 *
 * @param slot of the ring
 * @param word what was read: an index, or the first half of a descriptor
 * @param more the offset of a buffer, or the limit that was exceeded
 */
record Lie(Kind kind, int slot, long word, long more) {
    /** What is wrong. */
    enum Kind {
        /** The ring has lost its cookie: it was overwritten, or the memory is gone. */
        COOKIE,
        /** The head is more than the ring ahead. */
        HEAD,
        /** The tail is behind what was consumed, or ahead of what was filled. */
        TAIL,
        /** A buffer is not in its region. */
        BUFFER,
        /** A buffer holds more than its size, or has no room. */
        LENGTH,
        /** A chain goes round the whole ring. */
        CHAIN,
        /** The descriptor that wakes the receiver cannot be written. */
        EVENTFD
    }

    /** A sentence for the log and for the peer, without its ring. */
    @Override
    public String toString() {
        return switch (kind) {
            case COOKIE -> "has lost its cookie (%#x)".formatted((int) word);
            case HEAD -> "head jumped to %s at %s of %s slots".formatted(word, slot, more);
            case TAIL -> "tail jumped to %s at %s of %s slots".formatted(word, slot, more);
            case BUFFER -> "slot %s: region %s has no %s bytes at %s".formatted(slot,
                    word >>> Short.SIZE & 0xffff, Integer.toUnsignedString(Ring.length(word)),
                    more);
            case LENGTH -> "slot %s: %s bytes in a buffer of %s".formatted(slot,
                    Integer.toUnsignedString(Ring.length(word)), more);
            case CHAIN -> "slot %s: a chain goes round the ring".formatted(slot);
            case EVENTFD -> "interrupt cannot be raised: errno " + word;
        };
    }
}
