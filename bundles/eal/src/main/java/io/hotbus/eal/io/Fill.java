// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

/** What a window reads as once its device is gone. */
public enum Fill {
    /** All-ones: what a read returns that no PCIe device answers. The default. */
    ONES,
    /** Zeros: for memory, such as a descriptor ring, where all-ones would look like work to do. */
    ZEROS
}
