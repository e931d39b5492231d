// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.bus.pci.internal.sysfs.FoundFunction;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class KnownFunctionsTest {
    private static final PciAddress FIRST = new PciAddress(0, 1, 0, 0);
    private static final PciAddress SECOND = new PciAddress(0, 2, 0, 0);
    private static final PciAddress THIRD = new PciAddress(0, 3, 0, 0);

    private final KnownFunctions known = new KnownFunctions();

    private static FoundFunction found(PciAddress address, long inode) {
        return new FoundFunction(new PciFunction(address, PciId.of(0x8086, 0x10d3), -1,
                Optional.empty(), Optional.empty(), List.of()), inode, "/devices/" + address,
                false);
    }

    private void assertDifference(KnownFunctions.Difference difference,
            List<PciAddress> vanished, List<PciAddress> appeared) {
        assertThat(difference).isEqualTo(new KnownFunctions.Difference(vanished, appeared));
    }

    @Test
    void shouldTellWhatIsDifferent() {
        known.start(List.of(found(FIRST, 1), found(SECOND, 2)));

        assertDifference(known.rescanned(List.of(found(SECOND, 2), found(THIRD, 3))),
                List.of(FIRST), List.of(THIRD));
        assertDifference(known.rescanned(List.of(found(SECOND, 2), found(THIRD, 3))),
                List.of(), List.of());
    }

    @Test
    void shouldTellThatAnotherIsInTheSlot() {
        known.start(List.of(found(FIRST, 1)));

        assertDifference(known.rescanned(List.of(found(FIRST, 9))),
                List.of(FIRST), List.of(FIRST));
        assertDifference(known.rescanned(List.of(found(FIRST, 9))), List.of(), List.of());
    }

    @Test
    void shouldTellOfEachArrivalOnce() {
        assertThat(known.added(FIRST, OptionalLong.of(1))).isTrue();
        assertDifference(known.rescanned(List.of(found(FIRST, 1), found(SECOND, 2))),
                List.of(), List.of(SECOND));
        assertThat(known.added(SECOND, OptionalLong.of(2))).as("the rescan was faster").isFalse();
        known.removed(SECOND);
        assertThat(known.added(SECOND, OptionalLong.of(2))).isTrue();
        assertThat(known.added(SECOND, OptionalLong.of(3))).isTrue();
    }

    @Test
    void shouldKnowWhatHasJustArrived() {
        Duration long_ = Duration.ofMinutes(1);
        known.start(List.of(found(FIRST, 1)));
        known.added(SECOND, OptionalLong.empty());

        assertThat(known.addedWithin(FIRST, long_)).isFalse();
        assertThat(known.addedWithin(SECOND, long_)).isTrue();
        assertThat(known.addedWithin(SECOND, Duration.ZERO)).isFalse();
        known.removed(SECOND);
        assertThat(known.addedWithin(SECOND, long_)).isFalse();
    }
}
