// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The result of the demonstration.
 *
 * @param wanted             the number of cycles asked for
 * @param cycles             the cycles that were survived
 * @param balance            the packets of the other ports; empty if the demonstration ended early
 * @param mbufsLeaked        buffers that were not free after all ports were closed
 * @param firstPacketSeconds from the start of the JVM to the first forwarded packet
 * @param failure            why the demonstration ended early; empty if it did not
 */
record Result(int wanted, List<Cycle> cycles, Optional<Balance> balance, int mbufsLeaked,
        double firstPacketSeconds, Optional<String> failure) {
    /** The problems, one sentence each; empty if there were none. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        failure.ifPresent(problems::add);
        if (cycles.size() < wanted && failure.isEmpty()) {
            problems.add("only %s of %s cycles were survived".formatted(cycles.size(), wanted));
        }
        balance.ifPresent(b -> {
            if (b.lost() != 0) {
                problems.add("%s of %s packets of the other ports were lost"
                        .formatted(b.lost(), b.injected()));
            }
            if (b.duplicated() != 0) {
                problems.add("%s packets of the other ports came twice".formatted(b.duplicated()));
            }
        });
        if (mbufsLeaked != 0) {
            problems.add(mbufsLeaked + " mbufs were not free after all ports were closed");
        }
        return problems;
    }

    long faults() {
        return cycles.stream().mapToLong(cycle -> cycle.faults().size()).sum();
    }

    /** The times from the fault until the lcore was back at work; see {@link Cycle}. */
    Optional<Spread> faultToResume() {
        return Spread.of(cycles.stream().flatMapToLong(c -> c.faultToResume().stream())
                .boxed().toList());
    }

    Optional<Spread> yankToDetached() {
        return spread(Cycle::yankToDetached);
    }

    Optional<Spread> plugToForwarding() {
        return spread(Cycle::plugToForwarding);
    }

    private Optional<Spread> spread(ToLongFunction<Cycle> time) {
        return Spread.of(cycles.stream().map(time::applyAsLong).toList());
    }
}
