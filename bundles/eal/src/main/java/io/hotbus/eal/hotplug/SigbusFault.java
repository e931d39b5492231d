// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import java.util.Locale;

/**
 * A repaired SIGBUS: the window that was accessed now reads as its {@code Fill}.
 *
 * @param address     the byte that was accessed
 * @param window      the window's name, as in {@code net_sim0 BAR0}
 * @param thread      kernel id of the thread that accessed it
 * @param timeNanos   when it happened, on the clock of {@link System#nanoTime}
 * @param repairNanos from {@code timeNanos} until the replacement was in place
 * @param count       repairs of this window so far, this one included
 */
public record SigbusFault(
        long address, String window, int thread, long timeNanos, long repairNanos, int count) {
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "SIGBUS at %#x (%s) on thread %s, repaired in %.1f us",
                address, window, thread, repairNanos / 1e3);
    }
}
