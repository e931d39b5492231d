// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device was pulled out, and its driver is replaced before the device returns. */
final class LostTest {
    private final TestCore core = new TestCore();
    private final TestBus bus = new TestBus(core, Duration.ofSeconds(30));
    private TestDriver first;

    @BeforeEach
    void lose() throws DeviceException {
        first = bus.install("net");
        bus.attachDevice("net0,key=value");
        bus.attachDevice("net1");
    }

    @AfterEach
    void shouldHaveBeenOrderly() {
        assertThat(bus.complaints).isEmpty();
    }

    private void lose(String name) throws DeviceException {
        TestDevice device = bus.find(name).orElseThrow();
        bus.unplug(name);
        bus.detach(device);
    }

    private TestDriver next() {
        TestDriver next = bus.install("net");
        core.runControl();
        return next;
    }

    @Test
    void shouldBeAwaitedByTheNextDriverWithItsDevargs() throws Exception {
        lose("net0");
        bus.uninstall(first);
        assertThat(next().awaited).containsExactly(Devargs.parse("net0,key=value"));
    }

    @Test
    void shouldBeAwaitedIfItWasDetachedWithItsDriver() throws Exception {
        bus.unplug("net0");
        bus.uninstall(first);
        assertThat(next().awaited).containsExactly(Devargs.parse("net0,key=value"));
    }

    @Test
    void shouldBeAwaitedByTheDriverThatTakesOver() throws Exception {
        lose("net0");
        TestDriver second = next();
        assertThat(second.awaited).as("while the first one does").isEmpty();
        bus.uninstall(first);
        core.runControl();
        assertThat(second.awaited).hasSize(1);
        bus.addDriver(new TestDriver("other"), Map.of());
        core.runControl();
        assertThat(second.awaited).as("once").hasSize(1);
        assertThat(first.awaited).as("its own device").isEmpty();
    }

    @Test
    void shouldNotBeAwaitedWhenItHasReturned() throws Exception {
        lose("net0");
        bus.attachDevice("net0");
        bus.uninstall(first);
        TestDriver second = next();
        assertThat(second.awaited).isEmpty();
        assertThat(second.calls).containsExactlyInAnyOrder("probe net0", "probe net1");
    }

    @Test
    void shouldNotBeAwaitedIfItWasDetachedOnPurpose() throws Exception {
        bus.detach(bus.find("net0").orElseThrow());
        bus.uninstall(first);
        assertThat(next().awaited).isEmpty();
    }

    @Test
    void shouldStayLostWhenAnAttemptToAttachItFails() throws Exception {
        lose("net0");
        bus.uninstall(first);
        TestDriver second = new TestDriver("net");
        second.onProbe = device -> {
            throw new DeviceException("net0: its file is not there");
        };
        bus.addDriver(second, Map.of());
        try {
            bus.attachDevice("net0");
        } catch (DeviceException e) {
            assertThat(e).hasMessageContaining("its file is not there");
        }
        bus.uninstall(second);
        assertThat(next().awaited).contains(Devargs.parse("net0,key=value"));
    }

    @Test
    void shouldBeAwaitedOnceIfTheNextDriverCannotProbeIt() throws Exception {
        bus.uninstall(first);
        TestDriver second = new TestDriver("net");
        second.onProbe = device -> {
            throw new DeviceException(device + ": its file is not there");
        };
        bus.addDriver(second, Map.of());
        core.runControl();
        assertThat(second.awaited).hasSize(2);
        bus.expect(Devargs.parse("net1"));
        core.runControl();
        assertThat(second.calls).as("probed again").hasSize(3);
        assertThat(second.awaited).as("still").hasSize(2);
        second.onProbe = device -> { };
        bus.expect(Devargs.parse("net1"));
        core.runControl();
        assertThat(second.driven).hasSize(1);
    }
}
