// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class RxFilterTest {
    private static final MacAddress OWN = new MacAddress(0x0200_0000_0001L);
    private static final MacAddress OTHER = new MacAddress(0x0200_0000_0002L);
    private static final MacAddress GROUP = new MacAddress(0x0100_5e00_0001L);
    private static final RxFilterLimits ALL = new RxFilterLimits(2, true, 1, true, true, true);

    private final RxFilter filter = RxFilter.of(OWN);

    @Test
    void shouldKeepItsOwnAddressFirst() {
        assertThat(filter.plus(OTHER).addresses()).containsExactly(OWN, OTHER);
        assertThat(filter.plus(OTHER).plus(OTHER).addresses()).containsExactly(OWN, OTHER);
        assertThat(filter.plus(OTHER).minus(OTHER)).isEqualTo(filter);
        assertThat(filter.withAddress(OTHER).addresses()).containsExactly(OTHER);
        assertThat(filter.plus(OTHER).withAddress(OTHER).addresses()).containsExactly(OTHER, OWN);
        assertThat(filter.withAddress(OWN)).isEqualTo(filter);
    }

    @Test
    void shouldHoldNothingThatIsNoAddressOrVlan() {
        assertThatIllegalArgumentException().isThrownBy(() -> filter.plus(GROUP))
                .withMessage("01:00:5E:00:00:01 is not a unicast address");
        assertThatIllegalArgumentException().isThrownBy(() -> filter.withGroups(Set.of(OTHER)))
                .withMessage("02:00:00:00:00:02 is not a multicast address");
        assertThatIllegalArgumentException().isThrownBy(() -> filter.withVlans(Set.of(4096)))
                .withMessage("VLAN id 4096: 0 to 4095 are possible");
        assertThatIllegalArgumentException().isThrownBy(() -> filter.minus(OWN))
                .withMessage("02:00:00:00:00:01 is the address of the port itself");
    }

    @Test
    void shouldFindWhatADeviceLacks() {
        RxFilterLimits fixed = RxFilterLimits.FIXED;
        assertThat(fixed.lacks(filter, filter)).isEmpty();
        assertThat(fixed.lacks(filter, filter.withPromiscuous(true))).contains("promiscuous mode");
        assertThat(fixed.lacks(filter, filter.withAllMulticast(true)))
                .contains("allmulticast mode");
        assertThat(fixed.lacks(filter, filter.withAddress(OTHER)))
                .contains("another address of its own");
        assertThat(fixed.lacks(filter, filter.plus(OTHER))).contains("2 unicast addresses");
        assertThat(fixed.lacks(filter, filter.withGroups(Set.of(GROUP))))
                .contains("1 multicast addresses");
        assertThat(fixed.lacks(filter, filter.withVlans(Set.of(1)))).contains("a VLAN filter");
        RxFilter rich = filter.withAddress(OTHER).plus(OWN).withGroups(Set.of(GROUP))
                .withPromiscuous(true).withAllMulticast(true).withVlans(Set.of(7));
        assertThat(ALL.lacks(filter, rich)).isEmpty();
    }

    @Test
    void shouldAlwaysBePromiscuousWithoutAFilter() {
        RxFilterLimits none = RxFilterLimits.NO_FILTER;
        RxFilter initial = none.initial(OWN);
        assertThat(initial.promiscuous()).isTrue();
        assertThat(none.lacks(initial, initial)).isEmpty();
        assertThat(none.lacks(initial, initial.withPromiscuous(false)))
                .contains("to turn promiscuous mode off");
    }
}
