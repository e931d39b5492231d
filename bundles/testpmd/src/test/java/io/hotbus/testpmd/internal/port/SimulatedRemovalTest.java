// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.testkit.BareFramework;
import io.hotbus.testpmd.rig.Rig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedRemovalTest {
    private static final FailureHandling ON = new FailureHandling() {
        @Override
        public Lease enable() {
            return () -> { };
        }

        @Override
        public boolean enabled() {
            return true;
        }

        @Override
        public FaultCounts faults() {
            return new FaultCounts(0, 0, 0);
        }
    };

    @TempDir
    private Path cache;
    private Rig rig;
    private final RemovalInjector injector = new RemovalInjector() {
        @Override
        public List<Slot> slots() {
            return List.of();
        }

        @Override
        public long yank(String name) throws DeviceException {
            long now = System.nanoTime();
            try {
                rig.pullOut(name);
            } catch (Exception e) {
                throw new DeviceException(name + ": " + e, e);
            }
            return now;
        }

        @Override
        public void plug(String name) {
            rig.plugged(name);
        }
    };

    @BeforeEach
    void start() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
    }

    private void play(Map<String, String> properties) throws Exception {
        try (BareFramework framework = new BareFramework(cache, properties)) {
            framework.context().registerService(RemovalInjector.class, injector, null);
            new SimulatedRemoval(framework.context(), ON, rig.ports.manager(), rig.forwarder,
                    rig.registry, rig.ports.remover(), rig.ports.policy()).play();
        }
    }

    @Test
    void shouldRehearseWithTheDeviceThatIsConfigured() throws Exception {
        play(Map.of(SimulatedRemoval.PROPERTY, "wire9,loopback=1"));

        assertThat(rig.devices.attached()).hasSize(4).containsOnly("wire9,loopback=1");
        assertThat(rig.ports.remover().removals("wire9")).isEqualTo(3);
        assertThat(rig.devices.devices()).isEmpty();
        assertThat(rig.forwarder.running()).isFalse();
    }

    @Test
    void shouldRehearseNothingWithoutADeviceOrWithAWrongOne() throws Exception {
        play(Map.of());
        play(Map.of(SimulatedRemoval.PROPERTY, "wire9,loopback"));
        play(Map.of(SimulatedRemoval.PROPERTY, "wire8 wire9"));

        assertThat(rig.devices.attempts()).isZero();
    }
}
