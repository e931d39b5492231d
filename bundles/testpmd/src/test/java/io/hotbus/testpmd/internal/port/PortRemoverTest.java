// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Forwarder.Drained;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.rig.Rig;
import io.hotbus.testpmd.rig.WireNic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class PortRemoverTest {
    private static void removedAgain(Rig rig, Port port) throws Exception {
        rig.control.call(() -> {
            rig.ports.remover().onEthEvent(
                    new EthEvent(EthEvent.Kind.INTR_RMV, port, System.nanoTime()));
            return null;
        });
    }

    @Test
    void shouldCleanUpAfterARemovalUnderTrafficWhileTheOthersForward() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(4);
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire0");
            Port port = rig.registry.port("wire0").orElseThrow();
            WireNic nic = rig.nic("wire0");

            rig.pullOut("wire0");
            Rig.await(() -> rig.ports.remover().removals("wire0") == 1);

            assertThat(nic.calls()).containsExactly("start", "stop", "close");
            assertThat(nic.misuse()).isEmpty();
            assertThat(port.device().state()).isEqualTo(DeviceState.DETACHED);
            assertThat(rig.registry.port("wire0")).isEmpty();
            assertThat(rig.forwarder.running()).isTrue();
            rig.awaitTrafficFrom("wire2");
            rig.awaitTrafficFrom("wire3");
            rig.forwarder.stop();
            assertThat(rig.forwarder.drain(List.of(rig.registry.port("wire2").orElseThrow(),
                    rig.registry.port("wire3").orElseThrow()), 64, Duration.ofSeconds(30)))
                    .isEqualTo(new Drained(64, 64));
        }
    }

    @Test
    void shouldCleanUpOnceWhenToldTwice() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            Port port = rig.registry.port("wire0").orElseThrow();
            WireNic nic = rig.nic("wire0");
            rig.pullOut("wire0");
            rig.control.settle();

            removedAgain(rig, port);

            assertThat(nic.calls()).containsExactly("start", "stop", "close");
            assertThat(rig.ports.remover().removals("wire0")).isOne();
        }
    }

    @Test
    void shouldTryAgainWhatAHangingBurstPrevented() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(2);
            rig.forwarder.start(1);
            CountDownLatch release = new CountDownLatch(1);
            Port port = rig.registry.port("wire0").orElseThrow();
            WireNic nic = rig.nic("wire0");
            nic.hangUntil(release);
            Rig.await(nic::isHanging);

            rig.pullOut("wire0");
            rig.control.settle();
            assertThat(nic.calls()).as("not closed under a burst").containsExactly("start");
            assertThat(rig.ports.remover().removals("wire0")).isZero();

            release.countDown();
            removedAgain(rig, port);
            assertThat(nic.calls()).containsExactly("start", "stop", "close");
            assertThat(rig.ports.remover().removals("wire0")).isOne();
        }
    }

    @Test
    void shouldRemoveAllPortsAtOnce() throws Exception {
        try (Rig rig = new Rig()) {
            rig.attach(4);
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire2");

            for (int i = 0; i < 4; i++) {
                rig.pullOut("wire" + i);
            }
            rig.control.settle();

            assertThat(rig.registry.ports()).isEmpty();
            assertThat(rig.devices.devices()).isEmpty();
            assertThat(rig.forwarder.mbufsInUse()).isZero();
            assertThat(rig.forwarder.statistics()).hasSize(4).noneMatch(StreamStats::running);
        }
    }
}
