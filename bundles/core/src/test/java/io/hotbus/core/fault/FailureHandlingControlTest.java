// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import static io.hotbus.core.testing.TestOs.LINUX;
import static io.hotbus.core.testing.TestOs.TABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.core.testing.Calls;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.Waiting;
import io.hotbus.core.thread.EventLoop;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.event.Level;
import sun.misc.Signal;
import sun.misc.SignalHandler;

@Timeout(300)
class FailureHandlingControlTest {
    private static final Duration OFTEN = Duration.ofMillis(2);

    private EventLoop loop;
    private FailureHandlingControl failureHandling;

    @BeforeEach
    void start() throws LinuxException {
        loop = new EventLoop(LINUX, "sigbus-dispatcher", () -> { });
        loop.start();
        failureHandling = control(TABLE);
    }

    private FailureHandlingControl control(SigbusWindows table) {
        return new FailureHandlingControl(table, loop, () -> new FaultCounts(0, 0, 0), OFTEN);
    }

    @AfterEach
    void stop() {
        failureHandling.close();
        loop.close();
        assertThat(TABLE.status()).isEqualTo(SigbusWindows.Status.OFF);
    }

    @Test
    void shouldHaveTheHandlerInPlaceFromTheFirstLeaseToTheLast() throws DeviceException {
        Lease first = failureHandling.enable();
        Lease second = failureHandling.enable();
        first.close();
        first.close();
        assertThat(failureHandling.enabled()).isTrue();
        assertThat(TABLE.status()).isEqualTo(SigbusWindows.Status.ON);

        second.close();

        assertThat(failureHandling.enabled()).isFalse();
        assertThat(TABLE.status()).isEqualTo(SigbusWindows.Status.OFF);
        failureHandling.enable().close();
        assertThat(TABLE.status()).isEqualTo(SigbusWindows.Status.OFF);
    }

    @Test
    void shouldTurnItOffInTheEndWhateverLeasesAreOpen() throws DeviceException {
        Lease lease = failureHandling.enable();

        failureHandling.close();
        failureHandling.close();

        assertThat(TABLE.status()).isEqualTo(SigbusWindows.Status.OFF);
        lease.close();
    }

    @Test
    void shouldSayWhyItCannotBeEnabled() {
        SigbusWindows table = Calls.before(SigbusWindows.class, TABLE, "enable", arguments -> {
            throw new LinuxException("SIGBUS handler", Errno.ENOTSUP, "ENOTSUP: libjsig is loaded");
        });
        FailureHandlingControl refused = control(table);

        assertThatThrownBy(refused::enable).isInstanceOf(DeviceException.class)
                .hasMessageContaining("failure handling cannot be enabled")
                .hasMessageContaining("libjsig is loaded");
        assertThat(refused.enabled()).isFalse();
    }

    @Test
    void shouldSayOnceWhenAnotherHandlerIsInstalledAndWhenOursIsBack() throws DeviceException {
        failureHandling.enable();
        try (LogLines log = new LogLines()) {
            // The JVM's own way to install one, as any library may.
            SignalHandler ours = Signal.handle(new Signal("BUS"), signal -> { });
            try {
                Waiting.until("it is noticed", () -> !log.of(Level.ERROR).isEmpty());
            } finally {
                Signal.handle(new Signal("BUS"), ours);
            }
            Waiting.until("it is back", () -> !log.of(Level.INFO).isEmpty());

            assertThat(log.of(Level.ERROR)).singleElement().asString()
                    .contains("another library has installed its SIGBUS handler over ours");
            assertThat(log.of(Level.INFO))
                    .containsExactly("the SIGBUS handler is in front again");
        }
    }
}
