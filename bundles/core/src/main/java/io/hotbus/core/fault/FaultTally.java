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

    /** Counts a repaired fault that was taken and is now pending. */
    void taken() {
        taken.incrementAndGet();
    }

    /** Counts a pending fault that a handler has claimed. */
    void claimed() {
        claimed.incrementAndGet();
    }

    /** Counts a pending fault whose window was released, so that nothing is left to do. */
    void released() {
        released.incrementAndGet();
    }

    FaultCounts counts() {
        long settledByClaim = claimed.get();
        long settledByRelease = released.get();
        // Read last, because it is incremented first.
        return new FaultCounts(settledByClaim, settledByRelease,
                taken.get() - settledByClaim - settledByRelease);
    }
}
