// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

/** The feature bits that this driver may accept. Source: 5.1.3 and 6. */
public final class VirtioFeature {
    /** The device completes partial checksums. */
    public static final long CSUM = 1L;
    /** The driver accepts packets with partial checksums. */
    public static final long GUEST_CSUM = 1L << 1;
    /** The device says its MTU. */
    public static final long MTU = 1L << 3;
    /** The device says its address. */
    public static final long MAC = 1L << 5;
    /** The device cuts TCP packets on IPv4. */
    public static final long HOST_TSO4 = 1L << 11;
    /** The device cuts TCP packets on IPv6. */
    public static final long HOST_TSO6 = 1L << 12;
    /** A received packet may take several buffers. */
    public static final long MRG_RXBUF = 1L << 15;
    /** The device says the state of its link. */
    public static final long STATUS = 1L << 16;
    /** There is a control queue. */
    public static final long CTRL_VQ = 1L << 17;
    /** The device filters received frames. */
    public static final long CTRL_RX = 1L << 18;
    /** The device filters VLANs. */
    public static final long CTRL_VLAN = 1L << 19;
    /** The device may ask to be announced. */
    public static final long GUEST_ANNOUNCE = 1L << 21;
    /** There are several pairs of queues. */
    public static final long MQ = 1L << 22;
    /** The address of the device can be set. */
    public static final long CTRL_MAC_ADDR = 1L << 23;
    /** Each side says when it wants to be notified next. */
    public static final long EVENT_IDX = 1L << 29;
    /** The device conforms to the specification since version 1.0. */
    public static final long VERSION_1 = 1L << 32;
    /** Addresses are those that the platform translates, as by an IOMMU. */
    public static final long ACCESS_PLATFORM = 1L << 33;
    /** Virtqueues are packed. */
    public static final long RING_PACKED = 1L << 34;
    /** The device uses buffers in the order in which they were offered. */
    public static final long IN_ORDER = 1L << 35;
    /** The device spreads packets over its receive queues by a hash that the driver chooses. */
    public static final long RSS = 1L << 60;
    /** The device stands in for another one that has its address, the primary. */
    public static final long STANDBY = 1L << 62;
    /** The device says its speed and duplex mode. */
    public static final long SPEED_DUPLEX = 1L << 63;

    /** What is of no use without a control queue. */
    public static final long OF_THE_CONTROL_QUEUE =
            CTRL_RX | CTRL_VLAN | GUEST_ANNOUNCE | MQ | CTRL_MAC_ADDR;

    private VirtioFeature() {
    }

    /** Whether all bits of {@code feature} are in {@code features}. */
    public static boolean has(long features, long feature) {
        return (features & feature) == feature;
    }
}
