// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

/** The feature bits that this driver may accept. Source: 5.1.3 and 6. */
final class VirtioFeature {
    /** The device completes partial checksums. */
    static final long CSUM = 1L;
    /** The driver accepts packets with partial checksums. */
    static final long GUEST_CSUM = 1L << 1;
    static final long MTU = 1L << 3;
    static final long MAC = 1L << 5;
    static final long HOST_TSO4 = 1L << 11;
    static final long HOST_TSO6 = 1L << 12;
    static final long MRG_RXBUF = 1L << 15;
    static final long STATUS = 1L << 16;
    static final long CTRL_VQ = 1L << 17;
    static final long CTRL_RX = 1L << 18;
    static final long CTRL_VLAN = 1L << 19;
    static final long GUEST_ANNOUNCE = 1L << 21;
    static final long MQ = 1L << 22;
    static final long CTRL_MAC_ADDR = 1L << 23;
    static final long EVENT_IDX = 1L << 29;
    static final long VERSION_1 = 1L << 32;
    /** Addresses are those that the platform translates, as by an IOMMU. */
    static final long ACCESS_PLATFORM = 1L << 33;
    static final long RING_PACKED = 1L << 34;
    static final long IN_ORDER = 1L << 35;
    static final long SPEED_DUPLEX = 1L << 63;

    static final long OF_THE_CONTROL_QUEUE =
            CTRL_RX | CTRL_VLAN | GUEST_ANNOUNCE | MQ | CTRL_MAC_ADDR;

    private VirtioFeature() {
    }

    /** Whether all bits of {@code feature} are in {@code features}. */
    static boolean has(long features, long feature) {
        return (features & feature) == feature;
    }
}
