// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testpmd.rig.Rig;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ReattachPolicyTest {
    private static final String DEVARGS = "wire0,loopback=1,colour=blue";

    @Test
    void shouldAttachWithTheSameDevargsAndForwardAgain() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.engine.start(1);
            for (int i = 0; i < 10; i++) {
                rig.awaitTrafficFrom("wire0");
                rig.pullOut("wire0");
                rig.control.settle();
                assertThat(rig.devices.find("wire0")).isEmpty();

                rig.plugged("wire0");
                rig.control.settle();

                assertThat(rig.registry.port("wire0")).isPresent();
            }
            rig.awaitTrafficFrom("wire0");
            assertThat(rig.devices.attached()).hasSize(11).containsOnly(DEVARGS);
        }
    }

    @Test
    void shouldSendTheFirstPacketsAgain() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.engine.start(2);
            rig.pullOut("wire0");
            rig.plugged("wire0");
            rig.control.settle();

            assertThat(rig.engine.statistics()).singleElement()
                    .satisfies(s -> assertThat(s.injected()).isEqualTo(128));
            rig.awaitTrafficFrom("wire0");
        }
    }

    @Test
    void shouldWaitForTheDetachWhereTheReturnIsToldFirst() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.plugged("wire0");
            rig.control.settle();
            assertThat(rig.devices.attached()).hasSize(1);

            rig.pullOut("wire0");
            rig.control.settle();

            assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
            assertThat(rig.registry.port("wire0").orElseThrow().isRemoved()).isFalse();
        }
    }

    @Test
    void shouldWaitForADetachThatTakesASecondAttempt() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.engine.start(1);
            CountDownLatch release = new CountDownLatch(1);
            rig.nic("wire0").hangUntil(release);
            Rig.await(rig.nic("wire0")::isHanging);
            rig.pullOut("wire0");
            rig.plugged("wire0");
            rig.control.settle();
            assertThat(rig.devices.attached()).hasSize(1);

            release.countDown();
            rig.ports.manager().detach(rig.registry.port("wire0").orElseThrow());
            rig.control.settle();

            assertThat(rig.devices.attached()).containsExactly(DEVARGS, DEVARGS);
            rig.awaitTrafficFrom("wire0");
        }
    }

    @Test
    void shouldLeaveItOffIfToldSoAndCatchUpWhenTurnedOn() throws Exception {
        try (Rig rig = new Rig("--no-reattach")) {
            rig.attach(DEVARGS);
            rig.pullOut("wire0");
            rig.plugged("wire0");
            rig.control.settle();
            assertThat(rig.ports.policy().enabled()).isFalse();
            assertThat(rig.devices.find("wire0")).isEmpty();

            rig.ports.policy().setEnabled(true);
            rig.control.settle();

            assertThat(rig.devices.find("wire0")).isPresent();
        }
    }

    @Test
    void shouldTryAFewTimes() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.pullOut("wire0");
            rig.control.settle();
            rig.devices.failToAttach(2);

            rig.plugged("wire0");

            Rig.await(() -> rig.devices.find("wire0").isPresent());
            assertThat(rig.ports.policy().failure("wire0")).isEmpty();
        }
    }

    @Test
    void shouldGiveUpWithTheReasonAndBeginAnewWhenItReturnsOnceMore() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.pullOut("wire0");
            rig.control.settle();
            rig.devices.failToAttach(5);
            rig.plugged("wire0");

            Rig.await(() -> rig.ports.policy().failure("wire0").isPresent());
            assertThat(rig.ports.policy().failure("wire0")).hasValue("wire0: not there yet");
            assertThat(rig.devices.find("wire0")).isEmpty();

            rig.plugged("wire0");
            rig.control.settle();
            assertThat(rig.devices.find("wire0")).isPresent();
            assertThat(rig.ports.policy().failure("wire0")).isEmpty();
        }
    }

    @Test
    void shouldLeaveDevicesAloneThatSomeoneDetached() throws Exception {
        try (Rig rig = new Rig()) {
            rig.ports.manager().detach(rig.attach(DEVARGS));

            rig.plugged("wire0");
            rig.plugged("wire7");
            rig.control.settle();

            assertThat(rig.devices.devices()).isEmpty();
        }
    }

    @Test
    void shouldForgetALossOnceSomeoneAttachedTheDeviceByHand() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(DEVARGS);
            rig.pullOut("wire0");
            rig.control.settle();
            rig.ports.manager().detach(rig.attach("wire0,colour=red"));
            rig.control.settle();

            rig.plugged("wire0");
            rig.control.settle();

            assertThat(rig.devices.attached()).containsExactly(DEVARGS, "wire0,colour=red");
            assertThat(rig.devices.devices()).isEmpty();
        }
    }
}
