// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** With a limit of no time: a queue stands still if its state is the same at two looks. */
class StandstillTest {
    private static final class Queue implements NicQueue {
        private final String name;
        private long state;

        Queue(String name) {
            this.name = name;
        }

        @Override
        public long state() {
            return state;
        }

        /** The low half is what was ordered, the high half what is done. */
        @Override
        public boolean hasWorked(long before, long now) {
            return before >>> Integer.SIZE != now >>> Integer.SIZE;
        }

        @Override
        public Optional<String> whyStuck(Duration limit) {
            return (int) state == (int) (state >>> Integer.SIZE) ? Optional.empty()
                    : Optional.of(name);
        }

        void order() {
            state++;
        }

        void work() {
            state += 1L << Integer.SIZE;
        }
    }

    private record Setup(List<Queue> queues) implements NicSetup {
        @Override
        public Optional<String> difference() {
            return Optional.empty();
        }
    }

    private final Queue one = new Queue("one");
    private final Queue two = new Queue("two");
    private final Standstill standstill = new Standstill(Duration.ZERO);
    private Setup setup = new Setup(List.of(one, two));

    private Optional<String> look() {
        return standstill.look(setup);
    }

    private void setUpAgain() {
        standstill.setUpAgain();
        setup = new Setup(List.of(one, two));
    }

    @Test
    void shouldNotMindAQueueWithoutWork() {
        assertThat(look()).isEmpty();
        assertThat(look()).isEmpty();
    }

    @Test
    void shouldNotTakeNewWorkForProgressNorForAStandstill() {
        look();
        two.order();
        assertThat(look()).isEmpty();
        assertThat(look()).contains("two");
        assertThat(standstill.isHopeless()).isFalse();
        setUpAgain();
        assertThat(look()).contains("two");
        assertThat(standstill.isHopeless()).isTrue();

        two.order();
        assertThat(look()).isEmpty();
        assertThat(look()).contains("two");
        assertThat(standstill.isHopeless()).isTrue();
    }

    @Test
    void shouldTrustAQueueThatHasWorkedSinceItWasSetUpAgain() {
        one.order();
        assertThat(look()).contains("one");
        setUpAgain();
        look();
        one.work();
        assertThat(look()).isEmpty();
        one.order();
        assertThat(look()).isEmpty();
        assertThat(look()).contains("one");
        assertThat(standstill.isHopeless()).isFalse();
    }

    /** A device may receive, and send nothing. */
    @Test
    void shouldNotTakeTheWorkOfOneQueueForThatOfAnother() {
        one.order();
        assertThat(look()).contains("one");
        setUpAgain();
        two.order();
        two.work();
        assertThat(look()).contains("one");
        assertThat(standstill.isHopeless()).isTrue();
    }
}
