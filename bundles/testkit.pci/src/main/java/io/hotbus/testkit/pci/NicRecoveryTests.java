// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.pmd.pci.NicPatience;
import io.hotbus.testkit.Frames;
import io.hotbus.testkit.NicModel.Vanished;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the driver of every NIC does when another program resets a started device, or changes it, or
 * the device works no more.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class NicRecoveryTests<R extends NicRig<?>> extends NicTests<R> {
    /** So long that a busy machine does not look like a device that stands still. */
    protected static final Duration SHORT = Duration.ofMillis(800);
    /** Longer than any test. */
    protected static final Duration LONG = Duration.ofSeconds(60);
    private static final int MOST_RESETS = 8;
    private static final int PERIOD_MILLIS = 100;

    /** Begins again, with a driver that looks for a standstill soon. */
    protected final void beginImpatient() throws Exception {
        beginWith(Map.of(), new NicPatience(SHORT, LONG));
        prepare();
    }

    /** Waits until the driver has asked {@code count} times for a new setup. */
    protected final void awaitReset(int count) {
        assertThat(NicRig.eventually(() -> rig.resets.size() >= count)).as("INTR_RESET").isTrue();
    }

    /** Checks that the port is set up again, once, after {@code deed}, and works then. */
    protected final void isSetUpAgainAfter(Runnable deed) throws Exception {
        Port port = rig.start(pool);
        exchange(port, BURST);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.resets).as("while all is well").isEmpty();

        deed.run();
        awaitReset(1);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).as("told once").hasSize(1);
        startAgain(port);

        exchange(port, BURST);
        assertThat(rig.looked(3)).isTrue();
        assertThat(rig.resets).as("once more all is well").hasSize(1);
        assertThat(rig.reports).isEmpty();
    }

    @Test
    final void shouldBeSetUpAgainAfterAReset() throws Exception {
        isSetUpAgainAfter(rig.chip::resetByOthers);
    }

    @Test
    final void shouldBeSetUpAgainAfterASilence() throws Exception {
        isSetUpAgainAfter(() -> {
            rig.chip.vanish(Vanished.ALL_ONES);
            TestFunction function = function();
            // In the check that finds it silent.
            function.onRestore = () -> {
                function.onRestore = () -> { };
                rig.chip.comeBack();
            };
        });
    }

    @Test
    final void shouldBeSetUpAgainAfterItsBusMasteringWasOff() throws Exception {
        isSetUpAgainAfter(() -> {
            rig.chip.busMaster = false;
            function().changed = Optional.of("bus mastering was off");
        });
    }

    /** The device is there: that is no removal, and one new setup is enough. */
    @Test
    protected final void shouldReportADeviceThatStandsStillAgain() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        rig.chip.holdTransmit = true;
        Frames.send(port, pool, 0, 1);
        awaitReset(1);
        assertThat(rig.reports).isEmpty();
        startAgain(port);
        assertThat(rig.looked(2)).isTrue();
        Frames.send(port, pool, 0, 1);

        assertThat(NicRig.eventually(port::isRemoved)).isTrue();
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
        assertThat(rig.resets).hasSize(1);
    }

    @Test
    final void shouldTrustADeviceThatHasWorkedAgain() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        for (int round = 1; round <= 2; round++) {
            rig.chip.holdTransmit = true;
            Frames.send(port, pool, 0, 1);
            awaitReset(round);
            rig.chip.holdTransmit = false;
            startAgain(port);
            rig.chip.holdTransmit = true;
            Frames.send(port, pool, 0, 1);
            assertThat(rig.looked(2)).isTrue();
            rig.chip.holdTransmit = false;
            Frames.receiveAll(port, 0, pool, 0, 1);
            assertThat(rig.looked(2)).isTrue();
        }
        assertThat(rig.reports).isEmpty();
    }

    /** The device has nothing to do while its packets are not received. */
    @Test
    protected final void shouldNotMindARingThatIsNotPolled() throws Exception {
        beginImpatient();
        Port port = rig.start(pool);
        for (int sent = 0; sent < NicRig.RING - BURST; ) {
            sent += Frames.send(port, pool, sent, BURST);
        }

        assertThat(rig.looked(checksIn(SHORT))).isTrue();
        assertThat(rig.resets).isEmpty();
    }

    /** More checks than there are in that time. */
    protected static int checksIn(Duration time) {
        return 3 * (int) (time.toMillis() / PERIOD_MILLIS) / 2;
    }

    @Test
    final void shouldLeaveADeviceAloneThatIsNotStarted() throws Exception {
        Port port = rig.start(pool);
        port.stop();

        rig.chip.resetByOthers();
        assertThat(rig.looked(3)).isTrue();

        assertThat(rig.resets).isEmpty();
        port.start();
        exchange(port, BURST);
    }

    @Test
    final void shouldReportADeviceThatDoesNotStayAsItIsSetUp() throws Exception {
        Port port = rig.start(pool);
        int answered = 0;
        while (rig.reports.isEmpty()) {
            rig.chip.resetByOthers();
            int before = answered;
            assertThat(NicRig.eventually(
                    () -> rig.resets.size() > before || !rig.reports.isEmpty())).isTrue();
            if (rig.reports.isEmpty()) {
                startAgain(port);
                answered++;
            }
        }

        assertThat(answered).isEqualTo(MOST_RESETS);
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
    }

    @Test
    final void shouldReportADeviceWhosePortIsNotSetUpAgain() throws Exception {
        beginWith(Map.of(), new NicPatience(LONG, SHORT));
        Port port = rig.start(pool);
        rig.chip.resetByOthers();

        assertThat(NicRig.eventually(port::isRemoved)).isTrue();
        assertThat(rig.reports).containsOnly(RemovalCause.RESET_FAILED);
    }
}
