// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.pci.NicRecoveryTests;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Somebody else resets a started device, or the device lies, or it works no more. */
final class VirtioRecoveryTest extends NicRecoveryTests<Rig> {
    private RingKind rings = RingKind.SPLIT;

    @Override
    protected Rig newRig(Map<String, Object> settings, NicPatience patience) throws Exception {
        return new Rig(settings, patience);
    }

    @Override
    protected void prepare() {
        rings.offer(rig.chip);
    }

    @Test
    void shouldBeSetUpAgainWhenItAsksForThat() throws Exception {
        isSetUpAgainAfter(() -> rig.chip.writeStatus(
                VirtioRegs.STARTED | VirtioRegs.DEVICE_NEEDS_RESET));
    }

    /** Every buffer comes back once: the end of each test counts them. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldStopAQueueWhoseDeviceLies(FakeVirtioNet.Lie lie) throws Exception {
        stopsALiar(RingKind.SPLIT, lie);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void shouldStopAPackedQueueWhoseDeviceLies(FakeVirtioNet.Lie lie) throws Exception {
        stopsALiar(RingKind.PACKED, lie);
    }

    private void stopsALiar(RingKind kind, FakeVirtioNet.Lie lie) throws Exception {
        kind.offer(rig.chip);
        Port port = rig.start(pool);
        exchange(port, BURST);
        rig.chip.lie = lie;
        long[] mbufs = new long[BURST];

        Frames.send(port, pool, 0, 3);
        assertThat(Rig.eventually(() -> {
            int n = port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST);
            pool.mempools().uncached().free(mbufs, 0, n);
            Frames.send(port, pool, 0, 1);
            return !rig.resets.isEmpty();
        })).isTrue();
        boolean sent = lie == FakeVirtioNet.Lie.SENT_TWICE;
        assertThat(sent ? Frames.send(port, pool, 0, 1)
                : port.rxQueue(0).burst(pool.mempools().uncached(), mbufs, BURST)).isZero();

        rig.chip.lie = FakeVirtioNet.Lie.NONE;
        startAgain(port);
        exchange(port, BURST);
        assertThat(rig.reports).isEmpty();
    }

    @Test
    void shouldReportAPackedDeviceThatStandsStillAgain() throws Exception {
        rings = RingKind.PACKED;
        shouldReportADeviceThatStandsStillAgain();
    }

    @Test
    void shouldNotMindAPackedRingThatIsNotPolled() throws Exception {
        rings = RingKind.PACKED;
        shouldNotMindARingThatIsNotPolled();
    }
}
