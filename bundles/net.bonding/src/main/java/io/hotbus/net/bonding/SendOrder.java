// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import java.util.stream.IntStream;

/** Which sender of a plan is to be used first, which one next, and so on, by their places there. */
final class SendOrder {
    private volatile int[] order;

    /** As they are in the plan. */
    SendOrder(int senders) {
        order = IntStream.range(0, senders).toArray();
    }

    /** The present order, which the caller must not change. Any thread. */
    int[] now() {
        return order;
    }

    /** Another order from now on. A control thread. */
    void set(int[] next) {
        order = next;
    }
}
