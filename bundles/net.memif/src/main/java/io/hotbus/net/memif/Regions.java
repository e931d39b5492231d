// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.io.Mmio;
import java.util.List;

/** The regions of a connection, mapped. Any thread. */
final class Regions {
    static final int MAX = 16;

    private final long[] addresses;
    private final long[] sizes;

    /** {@code sizes} are the bytes of each region, which may be fewer than those of its window. */
    Regions(List<Mmio> windows, List<Long> sizes) {
        this(windows.stream().mapToLong(Mmio::address).toArray(),
                sizes.stream().mapToLong(Long::longValue).toArray());
    }

    Regions(long[] addresses, long[] sizes) {
        this.addresses = addresses;
        this.sizes = sizes;
    }

    /**
     * Returns the address of {@code length} bytes at {@code offset} of a region; 0 if they are not
     * in the region. The numbers are those of a peer, but not negative.
     */
    long address(int region, long offset, long length) {
        // No overflow: both are of 32 bits.
        return region < addresses.length && offset + length <= sizes[region]
                ? addresses[region] + offset : 0;
    }
}
