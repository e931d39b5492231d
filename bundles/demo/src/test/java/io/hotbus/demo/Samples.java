// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.eal.hotplug.SigbusFault;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Results for tests. */
final class Samples {
    private Samples() {
    }

    /** A fault 20 us after the yank, back to work 12 us later. */
    static Cycle cycle(int number) {
        SigbusFault fault = new SigbusFault(0x7f00, "net_sim0 BAR0", 4711, 0, 8_500, 1);
        return new Cycle(number, List.of(fault), OptionalLong.of(12_000), 20_000, 3_000_000,
                4_500_000);
    }

    /** A cycle without a fault: the bus noticed the removal. */
    static Cycle quietCycle(int number) {
        return new Cycle(number, List.of(), OptionalLong.empty(), 0, 101_000_000, 5_500_000);
    }

    static Result result(Balance balance, int mbufsLeaked, Cycle... cycles) {
        return new Result(2, List.of(cycles), Optional.of(balance), mbufsLeaked, 1.5,
                Optional.empty());
    }

    static Result good() {
        return result(new Balance(64, 64, 64, 1_000_000), 0, cycle(1), quietCycle(2));
    }

    static Result failed() {
        return new Result(2, List.of(cycle(1)), Optional.empty(), 3, 1.5,
                Optional.of("cycle 2: net_sim0 was not detached within 20 s"));
    }
}
