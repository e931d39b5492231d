// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * What a received frame leaves in its extended or advanced descriptor, which are the same: two
 * words of 64 bits. The driver writes the address of the buffer and zero. Source: 82574 data sheet,
 * section 7.1.4; 82576 data sheet, chapter "Inline Functions", advanced receive descriptors.
 */
final class RxWriteBack {
    /** Second word: descriptor done. */
    static final long DD = 1;
    /** The frame ends in this buffer. The bits below are valid only then. */
    static final long EOP = 1 << 1;
    /** The checksum bits say nothing. */
    static final long IXSM = 1 << 2;
    /** A VLAN tag was taken out of the frame. */
    static final long VP = 1 << 3;
    /** UDPCS and L4CS: the checksum of UDP or TCP was checked. */
    static final long L4CS = 3 << 4;
    /** The checksum of the IPv4 header was checked. */
    static final long IPCS = 1 << 6;
    /** The checksum of UDP or TCP is wrong. */
    static final long L4E = 1L << 29;
    /** The checksum of the IPv4 header is wrong. */
    static final long IPE = 1L << 30;
    /** Bytes in the buffer: 16 bits. */
    static final int LENGTH_SHIFT = 32;
    /** The VLAN tag: 16 bits. */
    static final int VLAN_SHIFT = 48;
    /** First word: what the RSS hash is of; 0: there is none. */
    static final long RSS_TYPE = 0xf;
    /** First word: the RSS hash, 32 bits. */
    static final int HASH_SHIFT = 32;

    private RxWriteBack() {
    }
}
