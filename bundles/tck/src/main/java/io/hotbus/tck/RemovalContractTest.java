// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvent.Kind;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.io.Mmio;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import io.hotbus.tck.internal.Footprint;
import io.hotbus.tck.internal.ProbeWatch;
import io.hotbus.tck.internal.Removal;
import io.hotbus.tck.internal.WindowMemory;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests the removal of a device in each configured way. */
@ParameterizedClass(name = "{0}, {1}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Removals.class)
public final class RemovalContractTest extends DeviceContract {
    private static final int ATTEMPTS = 20;

    @Parameter(1)
    private Removal removal;

    @Test
    @Contract(of = "HotUnplug", says = "A removal is told once, whichever detectors notice it.")
    void shouldTellARemovalOnce() throws Exception {
        Device device = attach();

        testee.remove(removal);
        DeviceEvent event = testee.awaitRemoved();

        assertThat(event.name()).isEqualTo(testee.name());
        assertThat(event.bus()).isEqualTo(device.busName());
        assertThat(testee.report(device)).as("whether a second report is the first").isFalse();
        testee.touch();
        testee.giveUp();
        testee.replug();
        platform.settle();
        assertThat(platform.events(Kind.REMOVE, device)).as("REMOVE events").hasSize(1);
    }

    private Device attach() throws Exception {
        Device device = testee.attach();
        testee.require(removal);
        return device;
    }

    @Test
    @Contract(of = "BusHotplugHandler", says = "Replaces the memory behind the device's windows:"
            + " they read as their fill, and the device is REMOVED, not FAILED.")
    void shouldReplaceEveryWindow() throws Exception {
        Device device = attach();

        testee.remove(removal);
        testee.awaitRemoved();

        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(testee.windows()).as("windows that still reach the device")
                .noneMatch(WindowMemory::isDevice);
        for (Mmio window : device.windows().list()) {
            assertThat(window.read64(0)).as("%s", window).isIn(-1L, 0L);
            assertThat(window.read64(window.length() - Long.BYTES)).as("end of %s", window)
                    .isEqualTo(window.read64(0));
        }
    }

    @Test
    @Contract(of = "BusHotplugHandler", says = "Idempotent: it may be called again for a device"
            + " that is removed, and for one that is detached.")
    void shouldHandleARemovalAgain() throws Exception {
        Device device = attach();
        testee.remove(removal);
        testee.awaitRemoved();
        assertThat(platform.handlers(device.busName())).as("BusHotplugHandlers of the bus '%s'",
                device.busName()).isNotEmpty();

        for (BusHotplugHandler handler : platform.handlers(device.busName())) {
            handler.handleHotUnplug(device, RemovalCause.UEVENT_REMOVE);
        }
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        testee.giveUp();
        for (BusHotplugHandler handler : platform.handlers(device.busName())) {
            handler.handleHotUnplug(device, RemovalCause.UEVENT_REMOVE);
        }
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    @Contract(of = "Bus.detach", says = "Has the driver let go of the device, gone or not, and"
            + " takes it off the bus. Idempotent.")
    void shouldDetachADeviceThatIsGone() throws Exception {
        Device device = attach();
        testee.remove(removal);
        testee.awaitRemoved();

        testee.bus().detach(device);
        testee.bus().detach(device);

        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(testee.isListed()).as("whether it is on the bus").isFalse();
        assertThat(testee.port()).as("its port").isEmpty();
        assertThat(device.windows().list()).as("windows after detach").isEmpty();
        testee.awaitUnmapped();
    }

    @Test
    @Contract(of = "Bus.attach", says = "A device that returns is attached again with the devargs"
            + " it had, as a new object, and may go again.")
    void shouldComeBackAndGoAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            Device device = attach();
            assertThat(device.state()).isEqualTo(DeviceState.PROBED);
            testee.remove(removal);
            testee.awaitRemoved();
            testee.giveUp();
            testee.replug();
        }
        assertThat(testee.attach().state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    @Contract(of = "Bus.attach", says = "A device that is pulled out while it is probed: attach"
            + " throws, naming it, with everything undone; or returns a device that is gone.")
    void shouldSurviveARemovalInsideProbe() throws Exception {
        boolean hasWindows = !attach().windows().list().isEmpty();
        testee.giveUp();
        Footprint before = Footprint.now();
        boolean met = false;
        for (int i = 0; i < ATTEMPTS && !met; i++) {
            met = attachAndRemove(hasWindows);
            testee.replug();
        }
        platform.awaiting().holds(() -> Footprint.now().beyond(before).isEmpty());
        assertThat(Footprint.now().beyond(before)).as("left behind").isEmpty();
        assertThat(testee.attach().state()).isEqualTo(DeviceState.PROBED);
        Assumptions.assumeTrue(met, () -> devargs + " is probed too quickly to be met in the middle"
                + " in " + ATTEMPTS + " attempts");
    }

    /** Attaches and removes the device; returns whether the removal fell into the probe. */
    private boolean attachAndRemove(boolean hasWindows) throws Exception {
        try (ProbeWatch watch = new ProbeWatch(platform, testee, removal, hasWindows)) {
            boolean attached = false;
            try {
                testee.attach();
                attached = true;
            } catch (DeviceException e) {
                assertThat(e).as("why attach failed").hasMessageContaining(testee.name());
            }
            Optional<Device> met = watch.end();
            if (met.isPresent() && attached) {
                testee.touch();
                testee.awaitRemoved();
            }
            assertThat(met.isPresent() || attached).as("whether attach fails for no reason")
                    .isTrue();
            if (attached) {
                testee.giveUp();
            }
            assertThat(testee.isListed()).as("whether it is on the bus").isFalse();
            assertThat(testee.port()).as("its port").isEmpty();
            platform.settle();
            met.ifPresent(device -> {
                assertThat(device.windows().list()).as("windows").isEmpty();
                assertThat(platform.events(Kind.REMOVE, device)).as("REMOVE events")
                        .hasSizeLessThanOrEqualTo(1);
            });
            return met.isPresent();
        }
    }
}
