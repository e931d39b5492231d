// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RegisterCountersTest {
    private static final long STATUS = 0x08;

    private enum Counter implements RegisterCounter {
        MPC("rx_missed", 0x10, Kind.CLEARED_BY_READ_32),
        GPRC("rx_good_packets", 0x18, Kind.RISING_64),
        GORC("rx_good_bytes", 0x20, Kind.CLEARED_BY_READ_64);

        private final String xstat;
        private final long offset;
        private final Kind kind;

        Counter(String xstat, long offset, Kind kind) {
            this.xstat = xstat;
            this.offset = offset;
            this.kind = kind;
        }

        @Override
        public String xstat() {
            return xstat;
        }

        @Override
        public long offset() {
            return offset;
        }

        @Override
        public Kind kind() {
            return kind;
        }
    }

    private final TestMemory memory = new TestMemory();
    private final Registers registers = Registers.withSign(memory.window, STATUS);
    private final RegisterCounters counters =
            new RegisterCounters(registers, List.of(Counter.values()));

    @AfterEach
    void tearDown() {
        memory.close();
    }

    private void hardwareCounts(int missed, long packets) {
        registers.write32(Counter.MPC.offset(), missed);
        registers.write64(Counter.GPRC.offset(), packets);
        counters.collect();
        // What reading does to such a register; plain memory cannot.
        registers.write32(Counter.MPC.offset(), 0);
    }

    @Test
    void shouldAddUpBothKinds() {
        hardwareCounts(3, 100);
        hardwareCounts(0x8000_0000, 250);

        assertThat(counters.xstats()).containsExactly(
                Map.entry("rx_missed", 0x8000_0003L), Map.entry("rx_good_packets", 250L),
                Map.entry("rx_good_bytes", 0L));
        assertThat(counters.sum(Counter.MPC, Counter.GPRC)).isEqualTo(0x8000_0003L + 250);
    }

    @Test
    void shouldAddUpTheHalvesOfARegister() {
        registers.write64(Counter.GORC.offset(), 0x7_ffff_ffffL);
        counters.collect();
        registers.write64(Counter.GORC.offset(), 1);
        counters.collect();
        assertThat(counters.sum(Counter.GORC)).isEqualTo(0x8_0000_0000L);

        // The device went between the two reads.
        registers.write64(Counter.GORC.offset(), 0xffff_ffff_0000_0005L);
        counters.collect();
        assertThat(counters.sum(Counter.GORC)).isEqualTo(0x8_0000_0000L);
    }

    @Test
    void shouldCountFromZeroAfterAReset() {
        hardwareCounts(3, 100);
        counters.reset();
        hardwareCounts(1, 130);

        assertThat(counters.sum(Counter.MPC)).isEqualTo(1);
        assertThat(counters.sum(Counter.GPRC)).isEqualTo(30);
    }

    @Test
    void shouldNotBelieveAllOnesOrARisingRegisterThatFalls() {
        hardwareCounts(3, 100);
        hardwareCounts(-1, -1);
        hardwareCounts(0, 50);

        assertThat(counters.sum(Counter.MPC)).isEqualTo(3);
        assertThat(counters.sum(Counter.GPRC)).isEqualTo(100);
    }

    @Test
    void shouldKeepTheLastSumsOfADeviceThatIsGone() {
        hardwareCounts(3, 100);
        memory.vanish();
        counters.collect();
        assertThat(counters.sum(Counter.MPC, Counter.GPRC)).isEqualTo(103);
    }

    @Test
    void shouldReadOnceMoreBeforeItIsFrozenAndNeverAgain() {
        registers.write64(Counter.GPRC.offset(), 100);
        counters.freeze();
        memory.window.revoke();

        counters.collect();
        assertThat(counters.sum(Counter.GPRC)).isEqualTo(100);
        counters.reset();
        assertThat(counters.sum(Counter.GPRC)).isZero();
    }
}
