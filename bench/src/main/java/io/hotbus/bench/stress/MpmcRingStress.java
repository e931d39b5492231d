// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.hotbus.eal.ring.MpmcRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * Races on the ring, in bulk: no value is lost, none comes twice, and those of one producer come in
 * the order in which it put them in.
 */
public class MpmcRingStress {
    /** Needs three CPUs. All values fit in. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class TwoProducersOneConsumer {
        private final RingRun run = new RingRun(new MpmcRing(8), 5);

        @Actor
        public void first() {
            run.offer(0, 3);
        }

        @Actor
        public void second() {
            run.offer(1, 3);
        }

        @Actor
        public void consumer() {
            run.poll(0, 6);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** Needs three CPUs. Half of the values fit in, more where the consumer was fast. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class FullRing {
        private final RingRun run = new RingRun(new MpmcRing(2), 1);

        @Actor
        public void first() {
            run.offer(0, 2);
        }

        @Actor
        public void second() {
            run.offer(1, 2);
        }

        @Actor
        public void consumer() {
            run.poll(0, 4);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** The values are taken when both producers are through. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class TwoProducers {
        private final RingRun run = new RingRun(new MpmcRing(4), 3);

        @Actor
        public void first() {
            run.offer(0, 3);
        }

        @Actor
        public void second() {
            run.offer(1, 3);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** The consumer runs into the producer. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class OneProducerOneConsumer {
        private final RingRun run = new RingRun(new MpmcRing(4), 3);

        @Actor
        public void producer() {
            run.offer(0, 4);
        }

        @Actor
        public void consumer() {
            run.poll(0, 4);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }

    /** Both consumers run into each other, on a full ring. */
    @JCStressTest
    @Outcome(id = "in order, .*", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, twice or out of order")
    @State
    public static class TwoConsumers {
        private final RingRun run = new RingRun(new MpmcRing(4), 3);

        public TwoConsumers() {
            run.offer(0, 4);
        }

        @Actor
        public void first() {
            run.poll(0, 3);
        }

        @Actor
        public void second() {
            run.poll(1, 3);
        }

        @Arbiter
        public void judge(L_Result result) {
            result.r1 = run.verdict();
        }
    }
}
