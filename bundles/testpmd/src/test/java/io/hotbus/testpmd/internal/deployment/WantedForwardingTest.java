// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.rig.Rig;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WantedForwardingTest {
    @TempDir
    private Path folder;
    private final AtomicInteger ports = new AtomicInteger();

    private Deployment files(String... lines) throws Exception {
        return new Files(folder).forwarding(lines).read();
    }

    private WantedForwarding begin(Rig rig) throws Exception {
        Deployment start = files("burst = 16");
        Options options = start.options();
        rig.settings.change(now -> options.forwarding());
        return new WantedForwarding(rig.forwarder, rig.settings, rig.ports.policy(), options,
                start.forwarding());
    }

    private void follow(WantedForwarding forwarding, Deployment next) throws Exception {
        forwarding.follow(next.forwarding(), next.options(), ports::incrementAndGet);
    }

    @Test
    void shouldStartAgainWithAnotherEngine() throws Exception {
        try (Rig rig = new Rig()) {
            WantedForwarding forwarding = begin(rig);
            rig.attach(2);
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire0");

            follow(forwarding, files("burst = 16", "forward-mode = macswap"));

            assertThat(rig.forwarder.engine()).isEqualTo("macswap");
            assertThat(rig.forwarder.running()).isTrue();
            assertThat(ports).hasValue(1);
            assertThat(forwarding.differences()).isEmpty();
        }
    }

    @Test
    void shouldNotTouchForwardingThatIsAsTheFileSays() throws Exception {
        try (Rig rig = new Rig()) {
            WantedForwarding forwarding = begin(rig);
            rig.attach("wire0,loopback=1");
            rig.forwarder.start(1);
            rig.awaitTrafficFrom("wire0");
            long sent = rig.sentFrom("wire0");

            follow(forwarding, files("burst = 16"));
            follow(forwarding, files("burst = 16", "stats-period = 9", "no-reattach = true"));

            assertThat(rig.sentFrom("wire0")).as("no start has set it to 0")
                    .isGreaterThanOrEqualTo(sent);
            assertThat(rig.ports.policy().enabled()).isFalse();
        }
    }

    @Test
    void shouldLeaveForwardingStoppedThatAnOperatorStopped() throws Exception {
        try (Rig rig = new Rig()) {
            WantedForwarding forwarding = begin(rig);

            follow(forwarding, files("forward-mode = mac"));

            assertThat(rig.forwarder.running()).isFalse();
            assertThat(rig.forwarder.engine()).isEqualTo("mac");
        }
    }

    @Test
    void shouldKeepWhatWasSetByVerbsUntilTheFileChanges() throws Exception {
        try (Rig rig = new Rig()) {
            WantedForwarding forwarding = begin(rig);
            rig.settings.change(now -> now.withBurst(64));

            follow(forwarding, files("burst = 16"));
            assertThat(rig.settings.config().burst()).isEqualTo(64);
            assertThat(forwarding.differences()).containsExactly("burst is 64, wanted 16");

            follow(forwarding, files("burst = 8"));
            assertThat(rig.settings.config().burst()).isEqualTo(8);
        }
    }

    @Test
    void shouldLeaveAllAsItIsWhereTheEngineOrACpuIsNotThere() throws Exception {
        try (Rig rig = new Rig()) {
            WantedForwarding forwarding = begin(rig);
            rig.attach("wire0,loopback=1");
            rig.forwarder.start(1);

            Deployment engine = files("forward-mode = macswp", "burst = 8");
            assertThatThrownBy(() -> follow(forwarding, engine))
                    .isInstanceOf(DeviceException.class).hasMessageContaining("no such engine");
            Deployment cpu = files("lcores = 1023", "burst = 8");
            assertThatThrownBy(() -> follow(forwarding, cpu))
                    .isInstanceOf(DeviceException.class).hasMessageContaining("not available");

            assertThat(rig.settings.config().burst()).isEqualTo(16);
            assertThat(rig.forwarder.engine()).isEqualTo("io");
            assertThat(rig.forwarder.running()).isTrue();
            assertThat(ports).hasValue(0);
        }
    }
}
