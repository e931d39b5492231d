// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

/**
 * A burst, received and sent on, that took an lcore unusually long: a fault, the scheduler, the
 * collector.
 *
 * @param lcore      the thread's name
 * @param thread     the kernel's id of it, as in {@code SigbusFault.thread}
 * @param startNanos when it began, on the clock of {@link System#nanoTime}
 * @param endNanos   when the lcore had served all its streams once
 */
public record Stall(String lcore, int thread, long startNanos, long endNanos) {
    /** How long it took. */
    public long nanos() {
        return endNanos - startNanos;
    }
}
