// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEventMonitor;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.testpmd.Options;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HotPlugTest {
    private final List<String> steps = new ArrayList<>();

    private Lease lease(String name, boolean available) throws DeviceException {
        if (!available) {
            throw new DeviceException(name + ": EPERM");
        }
        steps.add("+" + name);
        return () -> steps.add("-" + name);
    }

    private HotPlug hotPlug(boolean available, String... words) throws UsageException {
        FailureHandling failureHandling = new FailureHandling() {
            @Override
            public Lease enable() throws DeviceException {
                return lease("handling", available);
            }

            @Override
            public boolean enabled() {
                return steps.contains("+handling");
            }

            @Override
            public FaultCounts faults() {
                return new FaultCounts(0, 0, 0);
            }
        };
        DeviceEventMonitor monitor = new DeviceEventMonitor() {
            @Override
            public Lease start() throws DeviceException {
                return lease("monitor", true);
            }

            @Override
            public boolean running() {
                return steps.contains("+monitor");
            }
        };
        return new HotPlug(Options.parse(Arguments.of(List.of(words))), failureHandling, monitor);
    }

    @Test
    void shouldBeOnForAsLongAsItIsThere() throws Exception {
        HotPlug hotPlug = hotPlug(true);
        assertThat(steps).containsExactly("+handling", "+monitor");

        hotPlug.deactivate();
        hotPlug.deactivate();

        assertThat(steps).containsExactly("+handling", "+monitor", "-monitor", "-handling");
    }

    @Test
    void shouldGoOnWithoutWhatCannotBeHad() throws Exception {
        hotPlug(false).deactivate();

        assertThat(steps).containsExactly("+monitor", "-monitor");
    }

    @Test
    void shouldBeOffIfToldSo() throws Exception {
        hotPlug(true, "--no-hot-plug").deactivate();

        assertThat(steps).isEmpty();
    }
}
