// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history;

import io.hotbus.eal.hotplug.DeviceStep;
import java.util.Optional;

/**
 * A step of a removal, or something else that happened meanwhile. Times are in nanoseconds from the
 * first sign of the removal; a step that was under way by then has a negative begin.
 *
 * @param kind       what was done
 * @param name       the device; the bundle or the lcore if the step is one of those
 * @param thread     the name of the thread that did it; its kernel id for REPAIR
 * @param beginNanos when it began
 * @param endNanos   when it ended
 * @param failure    why it failed; empty if it did not
 */
public record Step(DeviceStep.Kind kind, String name, String thread, long beginNanos,
        long endNanos, Optional<String> failure) {
    /** How long it took, in nanoseconds. */
    public long nanos() {
        return endNanos - beginNanos;
    }
}
