// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

/**
 * The registers that this driver uses: byte offsets in their structure, with width and access, and
 * bits. Names are those of the specification. A register is accessed in its own width, one of 64
 * bits as two of 32 bits (4.1.3.1).
 */
final class VirtioRegs {
    // PCI capabilities, 4.1.4: offsets in struct virtio_pci_cap.
    static final int CAP_VENDOR = 0x09;
    static final int CAP_LENGTH = 2;
    static final int CAP_TYPE = 3;
    static final int CAP_BAR = 4;
    static final int CAP_OFFSET = 8;
    static final int CAP_SIZE = 12;
    /** Of the notification structure alone, 4.1.4.4. */
    static final int CAP_NOTIFY_MULTIPLIER = 16;
    static final int TYPE_COMMON = 1;
    static final int TYPE_NOTIFY = 2;
    static final int TYPE_ISR = 3;
    static final int TYPE_DEVICE = 4;

    // Common configuration structure, 4.1.4.3.
    /** 32 bits, RW: which half of the features {@link #DEVICE_FEATURE} holds. */
    static final long DEVICE_FEATURE_SELECT = 0x00;
    /** 32 bits, RO. */
    static final long DEVICE_FEATURE = 0x04;
    /** 32 bits, RW. */
    static final long DRIVER_FEATURE_SELECT = 0x08;
    /** 32 bits, RW. */
    static final long DRIVER_FEATURE = 0x0c;
    /** 16 bits, RW: the MSI-X vector of configuration changes. */
    static final long CONFIG_MSIX_VECTOR = 0x10;
    /**
     * 16 bits, RO: may rise when features are accepted. Never 0 nor all-ones while the device is
     * present.
     */
    static final long NUM_QUEUES = 0x12;
    /** 8 bits, RW, 2.1: bits are added; 0 resets the device, which is done when it reads 0. */
    static final long DEVICE_STATUS = 0x14;
    /** 8 bits, RO: changes with the device's configuration, 2.5. */
    static final long CONFIG_GENERATION = 0x15;
    /** 16 bits, RW: the queue of the registers below. */
    static final long QUEUE_SELECT = 0x16;
    /** 16 bits, RW: the largest size, then the size in use; 0 if there is no such queue. */
    static final long QUEUE_SIZE = 0x18;
    /** 16 bits, RW. */
    static final long QUEUE_MSIX_VECTOR = 0x1a;
    /** 16 bits, RW: 1 enables. Only a reset disables: QEMU ignores a 0. */
    static final long QUEUE_ENABLE = 0x1c;
    /** 16 bits, RO: the place of the queue's doorbell, in units of the multiplier. */
    static final long QUEUE_NOTIFY_OFF = 0x1e;
    /** 64 bits, RW: descriptor area. */
    static final long QUEUE_DESC = 0x20;
    /** 64 bits, RW: driver area. */
    static final long QUEUE_DRIVER = 0x28;
    /** 64 bits, RW: device area. */
    static final long QUEUE_DEVICE = 0x30;
    static final long COMMON_LENGTH = 0x38;

    static final int NO_VECTOR = 0xffff;

    // Device status, 2.1.
    static final int ACKNOWLEDGE = 1;
    static final int DRIVER = 1 << 1;
    static final int DRIVER_OK = 1 << 2;
    static final int FEATURES_OK = 1 << 3;
    static final int DEVICE_NEEDS_RESET = 1 << 6;
    static final int FAILED = 1 << 7;
    /** The status of a device that was started. */
    static final int STARTED = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;

    // ISR status, 4.1.4.5: 8 bits, cleared by a read.
    static final long ISR_LENGTH = 1;
    static final int ISR_CONFIG = 1 << 1;

    // Configuration of a network device, 5.1.4.
    /** Six bytes, RO here. */
    static final long MAC = 0;
    /** 16 bits, RO. */
    static final long STATUS = 6;
    static final int STATUS_LINK_UP = 1;
    static final int STATUS_ANNOUNCE = 1 << 1;
    /** 16 bits, RO. */
    static final long MAX_QUEUE_PAIRS = 8;
    /** 16 bits, RO. */
    static final long MTU = 10;
    /** 32 bits, RO: Mb/s; greater than the largest signed number if unknown. */
    static final long SPEED = 12;
    /** 8 bits, RO: 0 half, 1 full. */
    static final long DUPLEX = 16;
    /** 8 bits, RO: bytes of the longest hash key. */
    static final long RSS_MAX_KEY_SIZE = 17;
    /** 16 bits, RO. */
    static final long RSS_MAX_INDIRECTION_TABLE_LENGTH = 18;
    /** 32 bits, RO: {@link #HASH_TYPE_IPV4} and its siblings. */
    static final long SUPPORTED_HASH_TYPES = 20;
    // The types, 5.1.6.4.3.1.
    static final int HASH_TYPE_IPV4 = 1;
    static final int HASH_TYPE_TCP_V4 = 1 << 1;
    static final int HASH_TYPE_UDP_V4 = 1 << 2;
    static final int HASH_TYPE_IPV6 = 1 << 3;
    static final int HASH_TYPE_TCP_V6 = 1 << 4;
    static final int HASH_TYPE_UDP_V6 = 1 << 5;

    // Commands of the control queue, 5.1.6.5: classes, then the commands of each.
    static final int CTRL_RX = 0;
    static final int RX_PROMISC = 0;
    static final int RX_ALLMULTI = 1;
    static final int CTRL_MAC = 1;
    static final int MAC_TABLE_SET = 0;
    static final int MAC_ADDR_SET = 1;
    static final int CTRL_VLAN = 2;
    static final int VLAN_ADD = 0;
    static final int VLAN_DEL = 1;
    static final int CTRL_ANNOUNCE = 3;
    static final int ANNOUNCE_ACK = 0;
    static final int CTRL_MQ = 4;
    static final int MQ_VQ_PAIRS_SET = 0;
    static final int MQ_RSS_CONFIG = 1;

    /** What each device has, also one without features. */
    static final long DEVICE_LENGTH = 8;

    private VirtioRegs() {
    }
}
