// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.hotplug.SigbusFault;
import java.util.Set;

/** Makes faults to ask handlers about. */
public final class Faults {
    /** Addresses that belong to no device. */
    public static final Set<Long> FOREIGN = Set.of(0L, 4096L, -4096L, -1L, Long.MIN_VALUE);

    private static final int THREAD = 1;
    private static final long REPAIR_NANOS = 1000;

    private Faults() {
    }

    /** A fault at {@code address}; its other values are arbitrary. */
    public static SigbusFault at(long address) {
        return new SigbusFault(address, "hotbus-tck", THREAD, System.nanoTime(), REPAIR_NANOS, 1);
    }
}
