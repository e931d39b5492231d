// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device is to be attached as soon as it is there and a driver for it is. */
final class ExpectTest {
    private final TestCore core = new TestCore();
    private final TestBus bus = new TestBus(core, Duration.ofSeconds(30));
    private Devargs net0;

    @BeforeEach
    void name() throws DeviceException {
        net0 = Devargs.parse("net0,key=value");
    }

    @AfterEach
    void shouldHaveBeenOrderly() {
        assertThat(bus.complaints).isEmpty();
    }

    private TestDevice device() {
        assertThat(bus.devices()).hasSize(1);
        return bus.devices().get(0);
    }

    @Test
    void shouldHaveTheDeviceWaitForItsDriver() throws Exception {
        bus.expect(net0);
        core.runControl();
        assertThat(device().state()).isEqualTo(DeviceState.FOUND);
        TestDriver driver = bus.install("net");
        core.runControl();

        assertThat(device().state()).isEqualTo(DeviceState.PROBED);
        assertThat(device().devargs()).isEqualTo(net0);
        assertThat(driver.driven).containsExactly(device());
    }

    @Test
    void shouldProbeOnControlWhereTheDriverIsThere() throws Exception {
        bus.install("net");
        bus.expect(net0);
        assertThat(device().state()).isEqualTo(DeviceState.FOUND);
        core.runControl();

        assertThat(device().state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldNotExpectWhatIsNotThere() throws Exception {
        bus.finder = devargs -> {
            throw new DeviceException("net0: not there");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.expect(net0))
                .withMessage("net0: not there");

        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldLeaveADeviceAloneThatADriverHas() throws Exception {
        TestDriver driver = bus.install("net");
        TestDevice attached = bus.attachDevice("net0");
        bus.expect(net0);
        bus.unplug("net0");
        bus.expect(net0);
        core.runControl();

        assertThat(device()).isSameAs(attached);
        assertThat(driver.calls).containsExactly("probe net0");
    }

    @Test
    void shouldTryAgainWhatCouldNotBeProbed() throws Exception {
        TestDriver driver = bus.install("net");
        driver.onProbe = device -> {
            throw new DeviceException("net0: not plugged in");
        };
        bus.expect(net0);
        core.runControl();
        assertThat(device().state()).isEqualTo(DeviceState.FOUND);
        driver.onProbe = device -> { };
        bus.expect(net0);
        core.runControl();

        assertThat(device().state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldFindAgainWhatWasPulledOutWhileItWaited() throws Exception {
        bus.expect(net0);
        TestDevice waited = device();
        bus.unplug("net0");
        bus.expect(net0);

        assertThat(device()).isNotSameAs(waited);
        assertThat(device().state()).isEqualTo(DeviceState.FOUND);
        assertThat(waited.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    void shouldAttachByHandWhatWaitsThoughItsDriverIsThere() throws Exception {
        bus.expect(net0);
        TestDevice waited = device();
        TestDriver driver = bus.install("net");
        TestDevice attached = bus.attachDevice("net0,other=1");
        core.runControl();

        assertThat(device()).isSameAs(attached);
        assertThat(attached.state()).isEqualTo(DeviceState.PROBED);
        assertThat(waited.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(driver.calls).containsExactly("probe net0");
    }

    @Test
    void shouldWaitOnWhereAttachingByHandFails() throws Exception {
        TestDriver driver = bus.install("net");
        driver.onProbe = device -> {
            throw new DeviceException("net0: not plugged in");
        };
        bus.expect(net0);
        core.runControl();
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bus.attachDevice("net0,other=1"));
        assertThat(device().state()).isEqualTo(DeviceState.FOUND);
        assertThat(device().devargs()).isEqualTo(net0);

        driver.onProbe = device -> bus.unplug("net0");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bus.attachDevice("net0"));
        assertThat(bus.devices()).isEmpty();
        assertThat(bus.open).isEmpty();
    }

    @Test
    void shouldExpectNothingWhenItIsClosed() throws Exception {
        bus.expect(net0);
        TestDevice waited = device();
        bus.stop();
        assertThat(waited.state()).isEqualTo(DeviceState.DETACHED);

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.expect(net0))
                .withMessage("net0: the test bus is being stopped");
    }

    /** As whoever has the device of a bundle that was updated still may. */
    @Test
    void shouldTakeADetachedDeviceOfAnotherClassForNoneOfItsOwn() throws Exception {
        Device foreign = new Device(TestBus.NAME, net0) { };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.detach(foreign))
                .withMessage("net0: is not a device of the test bus");
        foreign.markDetached();

        bus.detach(foreign);
    }
}
