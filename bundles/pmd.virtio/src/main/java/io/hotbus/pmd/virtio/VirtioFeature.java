// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

/** The feature bits that this driver may accept. Source: 5.1.3 and 6. */
public final class VirtioFeature {
    /** The device completes partial checksums. */
    public static final long CSUM = 1L;
    /** The driver accepts packets with partial checksums. */
    public static final long GUEST_CSUM = 1L << 1;
    public static final long MTU = 1L << 3;
    public static final long MAC = 1L << 5;
    public static final long HOST_TSO4 = 1L << 11;
    public static final long HOST_TSO6 = 1L << 12;
    public static final long MRG_RXBUF = 1L << 15;
    public static final long STATUS = 1L << 16;
    public static final long CTRL_VQ = 1L << 17;
    public static final long CTRL_RX = 1L << 18;
    public static final long CTRL_VLAN = 1L << 19;
    public static final long GUEST_ANNOUNCE = 1L << 21;
    public static final long MQ = 1L << 22;
    public static final long CTRL_MAC_ADDR = 1L << 23;
    public static final long EVENT_IDX = 1L << 29;
    public static final long VERSION_1 = 1L << 32;
    /** Addresses are those that the platform translates, as by an IOMMU. */
    public static final long ACCESS_PLATFORM = 1L << 33;
    public static final long RING_PACKED = 1L << 34;
    public static final long IN_ORDER = 1L << 35;
    public static final long SPEED_DUPLEX = 1L << 63;

    public static final long OF_THE_CONTROL_QUEUE =
            CTRL_RX | CTRL_VLAN | GUEST_ANNOUNCE | MQ | CTRL_MAC_ADDR;

    private VirtioFeature() {
    }

    /** Whether all bits of {@code feature} are in {@code features}. */
    public static boolean has(long features, long feature) {
        return (features & feature) == feature;
    }
}
