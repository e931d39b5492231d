// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.eal.hotplug.FaultCounts;
import java.util.concurrent.atomic.AtomicLong;
import org.osgi.service.component.annotations.Component;

/** Counts the repaired faults. {@code sigbus-dispatcher} counts; any thread reads. */
@Component(service = FaultTally.class)
public final class FaultTally {
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong claimed = new AtomicLong();
    private final AtomicLong released = new AtomicLong();

    /** A repaired fault was taken; it is pending. */
    void taken() {
        taken.incrementAndGet();
    }

    /** A handler has claimed a pending fault. */
    void claimed() {
        claimed.incrementAndGet();
    }

    /** The window of a pending fault has been released: nothing is left to do. */
    void released() {
        released.incrementAndGet();
    }

    FaultCounts counts() {
        long settledByClaim = claimed.get();
        long settledByRelease = released.get();
        // Last: it is counted up first.
        return new FaultCounts(settledByClaim, settledByRelease,
                taken.get() - settledByClaim - settledByRelease);
    }
}
