// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testpmd.Forwarder.Drained;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultTest {
    @Test
    void shouldFindNoProblemWhereThereIsNone() {
        Result good = Samples.good();

        assertThat(good.problems()).isEmpty();
        assertThat(good.faults()).isOne();
        assertThat(good.faultToResume()).hasValue(new Spread(12_000, 12_000, 12_000));
        assertThat(good.yankToDetached())
                .hasValue(new Spread(3_000_000, 101_000_000, 101_000_000));
    }

    @Test
    void shouldCallEveryProblemByItsName() {
        assertThat(Samples.result(new Balance(64, 61, 60, 1000), 0, Samples.cycle(1),
                Samples.cycle(2)).problems()).containsExactly(
                "4 of 64 packets of the other ports were lost",
                "1 packets of the other ports came twice");
        assertThat(Samples.result(new Balance(64, 64, 64, 1000), 5, Samples.cycle(1)).problems())
                .containsExactly("only 1 of 2 cycles were survived",
                        "5 mbufs were not free after all ports were closed");
        assertThat(Samples.failed().problems()).containsExactly(
                "cycle 2: net_sim0 was not detached within 20 s",
                "3 mbufs were not free after all ports were closed");
    }

    @Test
    void shouldCountAPacketThatCameTwiceOnce() {
        Balance balance = Balance.of(64, new Drained(64, 63), 5000);

        assertThat(balance.lost()).isOne();
        assertThat(balance.duplicated()).isOne();
    }

    @Test
    void shouldHaveNoSpreadWithoutCycles() {
        Result none = new Result(2, List.of(), Optional.empty(), 0, 0,
                Optional.of("no packet was forwarded within 20 s"));

        assertThat(none.yankToDetached()).isEmpty();
        assertThat(none.problems()).containsExactly("no packet was forwarded within 20 s");
    }
}
