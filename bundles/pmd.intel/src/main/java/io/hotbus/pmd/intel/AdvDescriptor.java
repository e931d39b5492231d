// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * The advanced descriptors of the transmit queues, besides the bits in {@link GigabitTxQueue}.
 * Received frames are as in {@link RxWriteBack}. Source: 82576 data sheet, chapter "Inline
 * Functions", advanced transmit descriptors.
 */
final class AdvDescriptor {
    /** The longest frame without its FCS: that of Linux's largest MTU for these chips, 9216. */
    static final int MAX_FRAME = 9230;

    /** Second word, data. */
    static final long DTYP_DATA = 3L << 20;
    static final long DTYP_CONTEXT = 2L << 20;
    /** The descriptor is an advanced one. */
    static final long DEXT = 1L << 29;
    /** Cut the packet into frames. */
    static final long TSE = 1L << 31;

    /** Context, first word: the length of the IP header. */
    static final int IPLEN_SHIFT = 0;
    /** Of the Ethernet header, without the tag that is inserted. */
    static final int MACLEN_SHIFT = 9;
    /** The VLAN tag to insert. */
    static final int VLAN_SHIFT = 16;
    /** Context, second word: the packet is IPv4. */
    static final long TUCMD_IPV4 = 1L << 10;
    /** The packet is TCP, else UDP. */
    static final long TUCMD_TCP = 1L << 11;
    static final int L4LEN_SHIFT = 40;
    static final int MSS_SHIFT = 48;

    private AdvDescriptor() {
    }
}
