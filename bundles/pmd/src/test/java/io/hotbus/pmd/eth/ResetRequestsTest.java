// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ResetRequestsTest {
    /** A device without queues. */
    private static final class IdleDev extends AbstractEthDev<RxQueue, TxQueue> {
        IdleDev() {
            super(new EthDevInfo("net_test", new MacAddress(1L << 41 | 1),
                    new QueueLimits(1, 64, 1024)));
        }

        @Override
        protected RxQueue createRxQueue(QueueSetup setup) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected TxQueue createTxQueue(QueueSetup setup) {
            throw new UnsupportedOperationException();
        }

        @Override
        protected void startDevice() {
        }

        @Override
        protected void stopDevice() {
        }

        @Override
        protected Link readLink() {
            return Link.DOWN;
        }
    }

    private final RecordingPorts ports = new RecordingPorts(new InlineControl());
    private final Port port = ports.add(
            new Device("test", new Devargs(Optional.empty(), "test0", Map.of())) { },
            new IdleDev());
    private final ResetRequests requests =
            new ResetRequests(port, ports, Duration.ofSeconds(60));

    private Optional<String> look(Object setup, String why) {
        return requests.look(Optional.ofNullable(setup), () -> Optional.ofNullable(why));
    }

    @Test
    void shouldAskOnceForEachSetupThatIsLost() {
        assertThat(look("first", null)).isEmpty();
        assertThat(ports.resets()).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(look("first", "lost")).isEmpty();
        }
        assertThat(ports.resets()).hasSize(1);

        look(null, "not started");
        assertThat(ports.resets()).hasSize(1);
        look("second", "lost again");
        assertThat(ports.resets()).hasSize(2);
    }

    @Test
    void shouldSayThatItHappensTooOften() {
        for (int i = 0; i < 8; i++) {
            assertThat(look(new Object(), "lost")).isEmpty();
        }
        assertThat(look(new Object(), "lost")).hasValueSatisfying(why ->
                assertThat(why).contains("8 times within 10 s").endsWith("lost"));
        assertThat(ports.resets()).hasSize(8);
    }

    @Test
    void shouldSayThatNobodySetsThePortUpAgain() {
        ResetRequests impatient = new ResetRequests(port, ports, Duration.ofMillis(1));
        Optional<String> setup = Optional.of("first");
        impatient.look(setup, () -> Optional.of("lost"));

        assertThat(Await.reached(() ->
                impatient.look(setup, Optional::empty).isPresent())).isTrue();
    }
}
