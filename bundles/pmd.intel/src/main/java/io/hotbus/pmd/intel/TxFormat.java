// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * What the second word of each data descriptor contains, besides the length of the buffer, the bits
 * in {@link GigabitTxQueue} and what the packet asks for.
 *
 * @param data     bits of every descriptor
 * @param payload  the bits of the packet's length that belong to PAYLEN; 0: the chip has none
 * @param cut      asks to cut the packet into frames
 * @param tag      the bits of the VLAN tag to insert; 0: it belongs into a context descriptor
 * @param maxFrame the longest frame that the chip sends, in bytes without the FCS
 */
public record TxFormat(long data, long payload, long cut, long tag, int maxFrame) {
    /** Append the FCS. */
    public static final long IFCS = 1L << 25;
    /** PAYLEN: the bytes of the packet, without the headers if it is cut; 18 bits. */
    static final int PAYLEN_SHIFT = 46;
    /** The VLAN tag. */
    static final int TAG_SHIFT = 48;
}
