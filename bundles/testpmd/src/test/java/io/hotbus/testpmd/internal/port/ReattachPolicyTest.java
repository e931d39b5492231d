// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.rig.Rig;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReattachPolicyTest {
    private static final String DEVARGS = "wire0,loopback=1,colour=blue";
    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private void attachAndLose() throws Exception {
        rig.attach(DEVARGS);
        goes();
    }

    private void goes() throws Exception {
        rig.pullOut("wire0");
        rig.control.settle();
    }

    private void comesBack() throws Exception {
        rig.plugged("wire0");
        rig.control.settle();
    }

    private void isBound() throws Exception {
        rig.bound("wire0");
        rig.control.settle();
    }

    private void awaitFailure() throws Exception {
        Rig.await(() -> rig.ports.policy().failure("wire0").isPresent());
    }

    @Test
    void shouldAttachWithTheSameDevargsAndForwardAgain() throws Exception {
        rig.attach(DEVARGS);
        rig.forwarder.start(1);
        for (int i = 0; i < 10; i++) {
            rig.awaitTrafficFrom("wire0");
            goes();
            assertThat(rig.devices.find("wire0")).isEmpty();

            comesBack();

            assertThat(rig.registry.port("wire0")).isPresent();
        }
        rig.awaitTrafficFrom("wire0");
        assertThat(rig.devices.attached()).hasSize(11).containsOnly(DEVARGS);
    }

    @Test
    void shouldSendTheFirstPacketsAgain() throws Exception {
        rig.attach(DEVARGS);
        rig.forwarder.start(2);
        rig.pullOut("wire0");
        comesBack();

        assertThat(rig.forwarder.statistics()).singleElement()
                .satisfies(s -> assertThat(s.injected()).isEqualTo(128));
        rig.awaitTrafficFrom("wire0");
    }

    @Test
    void shouldWaitForTheDetachWhereTheReturnIsToldFirst() throws Exception {
        rig.attach(DEVARGS);
        comesBack();
        assertThat(rig.devices.attached()).hasSize(1);

        goes();

        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
        assertThat(rig.registry.port("wire0").orElseThrow().isRemoved()).isFalse();
    }

    @Test
    void shouldWaitForADetachThatTakesASecondAttempt() throws Exception {
        rig.attach(DEVARGS);
        rig.forwarder.start(1);
        CountDownLatch release = new CountDownLatch(1);
        rig.nic("wire0").hangUntil(release);
        Rig.await(rig.nic("wire0")::isHanging);
        rig.pullOut("wire0");
        comesBack();
        assertThat(rig.devices.attached()).hasSize(1);

        release.countDown();
        rig.ports.manager().detach(rig.registry.port("wire0").orElseThrow());
        rig.control.settle();

        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
        rig.awaitTrafficFrom("wire0");
    }

    @Test
    void shouldAttachWhatAKernelDriverTookAgain() throws Exception {
        attachAndLose();
        assertThat(rig.devices.attached()).hasSize(1);

        isBound();

        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
    }

    @Test
    void shouldWaitForTheDetachOfWhatWasUnboundAndBoundAgain() throws Exception {
        rig.attach(DEVARGS);
        // Both on control, so that BIND is told before the port's own event of the removal.
        rig.control.call(() -> {
            rig.pullOut("wire0");
            rig.bound("wire0");
            return null;
        });
        rig.control.settle();

        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
    }

    /** A bus binds the device itself, and the kernel tells of it at once or somewhat later. */
    @Test
    void shouldNotTakeTheBindingOfADeviceThatIsThereForAReturn() throws Exception {
        rig.devices.whenAttaching(rig::bound);
        rig.attach(DEVARGS);
        rig.bound("wire0");
        goes();
        assertThat(rig.devices.attempts()).isOne();

        comesBack();
        assertThat(rig.devices.attempts()).isEqualTo(2);
        rig.bound("wire0");
        goes();

        assertThat(rig.devices.attempts()).isEqualTo(2);
        assertThat(rig.devices.devices()).isEmpty();
    }

    @Test
    void shouldNotTakeTheArrivalOfADeviceForItsReturn() throws Exception {
        rig.devices.whenAttaching(rig::plugged);
        attachAndLose();

        assertThat(rig.devices.attempts()).isOne();
    }

    @Test
    void shouldNotMixUpTwoDevicesOfAName() throws Exception {
        Port first = rig.attach(DEVARGS);
        comesBack();
        rig.ports.manager().detach(first);
        attachAndLose();

        assertThat(rig.devices.attempts()).as("the return was the first one's").isEqualTo(2);
    }

    @Test
    void shouldGiveUpThoughEveryAttemptBindsTheDevice() throws Exception {
        attachAndLose();
        rig.devices.whenAttaching(rig::bound);
        rig.devices.failToAttach(Integer.MAX_VALUE);
        rig.plugged("wire0");
        awaitFailure();
        isBound();
        assertThat(rig.devices.attempts()).isEqualTo(6);

        rig.devices.failToAttach(0);
        long later = System.nanoTime() + 1_000_000_000L;
        rig.publish(new DeviceEvent(DeviceEvent.Kind.BIND, "rig", "wire0", Optional.empty(),
                Optional.empty(), Optional.empty(), later));
        rig.control.settle();

        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
        assertThat(rig.ports.policy().failure("wire0")).isEmpty();
    }

    @Test
    void shouldForgetItsFailureWhenTheDeviceIsGoneAgain() throws Exception {
        attachAndLose();
        rig.devices.failToAttach(5);
        rig.plugged("wire0");
        awaitFailure();

        rig.publish(new DeviceEvent(DeviceEvent.Kind.REMOVE, "rig", "wire0", Optional.empty(),
                Optional.of(RemovalCause.UEVENT_REMOVE), Optional.empty(), System.nanoTime()));
        rig.control.settle();

        assertThat(rig.ports.policy().failure("wire0")).isEmpty();
        rig.ports.policy().setEnabled(true);
        rig.control.settle();
        assertThat(rig.devices.devices()).isEmpty();
    }

    /** As where control has left a slow attach to itself, and cleans up after the next removal. */
    @Test
    void shouldNotForgetALossDuringAnAttach() throws Exception {
        attachAndLose();
        rig.devices.whenAttached(device -> {
            device.markRemoved();
            rig.publish(DeviceEvent.removed(device, RemovalCause.SIGBUS, System.nanoTime()));
        });
        comesBack();
        rig.devices.whenAttached(device -> { });
        assertThat(rig.devices.attempts()).isEqualTo(2);

        comesBack();
        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS, DEVARGS);
    }

    @Test
    void shouldLeaveItOffIfToldSoAndCatchUpWhenTurnedOn() throws Exception {
        rig.close();
        rig = new Rig("--no-reattach");
        attachAndLose();
        comesBack();
        assertThat(rig.ports.policy().enabled()).isFalse();
        assertThat(rig.devices.find("wire0")).isEmpty();

        rig.ports.policy().setEnabled(true);
        rig.control.settle();

        assertThat(rig.devices.find("wire0")).isPresent();
    }

    @Test
    void shouldTryAFewTimes() throws Exception {
        attachAndLose();
        rig.devices.failToAttach(2);

        rig.plugged("wire0");

        Rig.await(() -> rig.devices.find("wire0").isPresent());
        assertThat(rig.ports.policy().failure("wire0")).isEmpty();
    }

    @Test
    void shouldGiveUpWithTheReasonAndBeginAnewWhenItReturnsOnceMore() throws Exception {
        attachAndLose();
        rig.devices.failToAttach(5);
        rig.plugged("wire0");

        awaitFailure();
        assertThat(rig.ports.policy().failure("wire0")).hasValue("wire0: not there yet");
        assertThat(rig.devices.find("wire0")).isEmpty();
        rig.control.settle();
        assertThat(rig.devices.expected()).as("its driver may return")
                .containsExactly(DEVARGS);

        comesBack();
        assertThat(rig.devices.find("wire0")).isPresent();
        assertThat(rig.ports.policy().failure("wire0")).isEmpty();
    }

    @Test
    void shouldLeaveDevicesAloneThatSomeoneDetached() throws Exception {
        rig.ports.manager().detach(rig.attach(DEVARGS));

        rig.plugged("wire0");
        rig.plugged("wire7");
        rig.control.settle();

        assertThat(rig.devices.devices()).isEmpty();
    }

    @Test
    void shouldAttachWhatWentWithItsBusBeforeThePortKnewOfItsRemoval() throws Exception {
        Device device = rig.attach(DEVARGS).device();
        rig.control.settle();
        device.markRemoved();
        rig.platform.manager().detach(device);
        rig.publish(DeviceEvent.removed(device, RemovalCause.SIGBUS, System.nanoTime()));
        rig.control.settle();
        assertThat(rig.devices.attempts()).isOne();

        comesBack();
        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
    }

    @Test
    void shouldAttachWhatWentWithItsBusBeforeItWasCleanedUpAfter() throws Exception {
        Port port = rig.attach(DEVARGS);
        rig.listen(event -> rig.devices.detach(port.device()));
        rig.pullOut("wire0");
        comesBack();

        assertThat(rig.ports.remover().removals("wire0")).isOne();
        assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
    }

    @Test
    void shouldLeaveAloneWhatSomeoneDetachedBeforeItsRemovalWasTold() throws Exception {
        Port port = rig.attach(DEVARGS);
        rig.control.call(() -> {
            rig.pullOut("wire0");
            rig.ports.manager().detach(port);
            return null;
        });
        rig.control.settle();
        comesBack();

        assertThat(rig.devices.devices()).isEmpty();
    }

    @Test
    void shouldHaveABusThatReturnsExpectWhatWasLostFromIt() throws Exception {
        rig.attach(DEVARGS);
        rig.attach("wire2");
        goes();
        assertThat(rig.devices.expected()).isEmpty();

        rig.platform.busReturns(rig.devices);
        rig.control.settle();
        assertThat(rig.devices.expected()).containsExactly(DEVARGS);
    }

    @Test
    void shouldForgetALossOnceSomeoneAttachedTheDeviceByHand() throws Exception {
        attachAndLose();
        rig.ports.manager().detach(rig.attach("wire0,colour=red"));
        rig.control.settle();

        comesBack();

        assertThat(rig.devices.attached()).containsExactly(DEVARGS, "wire0,colour=red");
        assertThat(rig.devices.attempts()).isEqualTo(2);
        assertThat(rig.devices.devices()).isEmpty();
    }
}
