// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.virtio;

/** The header before each packet, struct virtio_net_hdr: offsets and bits. Source: 5.1.6. */
public final class VirtioHeader {
    /** Its length. */
    public static final int BYTES = 12;
    /** 8 bits. */
    public static final int FLAGS = 0;
    /** 8 bits. */
    public static final int GSO_TYPE = 1;
    /** 16 bits. */
    public static final int HDR_LEN = 2;
    /** 16 bits. */
    public static final int GSO_SIZE = 4;
    /** 16 bits. */
    public static final int CSUM_START = 6;
    /** 16 bits. */
    public static final int CSUM_OFFSET = 8;
    /** 16 bits: received packets alone. */
    public static final int NUM_BUFFERS = 10;

    private VirtioHeader() {
    }
}
