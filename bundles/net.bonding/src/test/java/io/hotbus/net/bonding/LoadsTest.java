// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.net.bonding.Loads.Load;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tests the order of members by what they have sent. */
final class LoadsTest {
    private static final int GIGABIT = 1000;
    /** What a link of a gigabit carries in 10 ms. */
    private static final long FULL = 1_250_000;

    private final Loads<String> loads = new Loads<>();

    private int[] order(long now, Load... each) {
        return loads.order(List.of("a", "b", "c").subList(0, each.length),
                Map.of("a", each[0], "b", each[1], "c", each[each.length - 1]), now).now();
    }

    private static Load at(long bytes) {
        return new Load(bytes, GIGABIT);
    }

    @Test
    void shouldUseTheMemberFirstThatHasTheMostCapacityLeft() {
        assertThat(order(0, at(5000), at(9000), at(0))).containsExactly(0, 1, 2);
        assertThat(order(10, at(5000 + FULL), at(9500), at(FULL / 2))).containsExactly(1, 2, 0);
        assertThat(order(20, at(5000 + FULL), at(9500 + 2 * FULL), at(FULL / 2)))
                .containsExactly(2, 0, 1);
    }

    @Test
    void shouldCompareWhatIsLeftAndNotWhatIsSent() {
        order(0, new Load(0, 10 * GIGABIT), at(0));
        assertThat(order(10, new Load(5 * FULL, 10 * GIGABIT), at(0))).containsExactly(0, 1);
        assertThat(order(20, new Load(19 * FULL, 10 * GIGABIT), at(0))).containsExactly(1, 0);
    }

    @Test
    void shouldOrderByBytesWhereTheSpeedIsUnknown() {
        order(0, new Load(0, 0), new Load(0, 0));
        assertThat(order(10, new Load(100, 0), new Load(99, 0))).containsExactly(1, 0);
    }

    @Test
    void shouldKeepTheOrderBetweenPeriodsAndForgetBytesAfterTheWindow() {
        order(0, at(0), at(0));
        assertThat(order(9, at(FULL), at(0))).containsExactly(0, 1);
        assertThat(order(10, at(FULL), at(0))).containsExactly(1, 0);
        assertThat(order(100, at(FULL), at(FULL / 2))).containsExactly(1, 0);
        assertThat(order(110, at(FULL), at(FULL))).containsExactly(0, 1);
    }

    @Test
    void shouldBeginAgainWhenMembersChange() {
        SendOrder two = loads.order(List.of("a", "b"), Map.of("a", at(0), "b", at(0)), 0);
        assertThat(loads.order(List.of("a", "b"), Map.of("a", at(9), "b", at(0)), 50))
                .isSameAs(two);
        SendOrder one = loads.order(List.of("b"), Map.of("b", at(7)), 60);
        assertThat(one).isNotSameAs(two);
        assertThat(one.now()).containsExactly(0);
    }
}
