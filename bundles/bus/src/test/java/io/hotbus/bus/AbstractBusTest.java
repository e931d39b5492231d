// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.testkit.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices come and go, and so does the bus. */
@Timeout(300)
final class AbstractBusTest {
    private final TestCore core = new TestCore();
    private final TestBus bus = new TestBus(core, Duration.ofSeconds(30));
    private final TestDriver driver = bus.install("net");
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void shouldHaveBeenOrderly() {
        threads.shutdownNow();
        assertThat(bus.complaints).isEmpty();
    }

    private void assertRefused(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bus.attachDevice(devargs)).withMessage(message);
    }

    @Test
    void shouldAttach() throws Exception {
        bus.onOpen = device -> assertThat(device.state()).isEqualTo(DeviceState.PROBING);
        driver.onProbe = bus.onOpen;
        TestDevice device = bus.attachDevice("net0,key=value");

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.devargs()).isEqualTo(Devargs.parse("net0,key=value"));
        assertThat(device.busName()).isEqualTo("test").isEqualTo(bus.name());
        assertThat(bus.devices()).containsExactly(device);
        assertThat(driver.driven).containsExactly(device);
        assertThat(core.log).containsExactly("open net0", "probe net0");
    }

    @Test
    void shouldTellOfEachStep() throws Exception {
        TestDevice device = bus.attachDevice("net0");
        bus.detach(device);
        bus.finder = devargs -> {
            throw new DeviceException("net1: not there");
        };
        assertRefused("net1", "net1: not there");
        assertThat(core.steps).containsExactly("PROBE net0", "ATTACH net0", "REMOVE net0",
                "DETACH net0", "ATTACH net1: net1: not there");
    }

    @Test
    void shouldSayWhyItCannotAttach() throws Exception {
        assertRefused("foo0", "foo0: no driver (installed: net)");
        bus.attachDevice("net0");
        assertRefused("net0,key=other", "net0: is attached already");
        bus.unplug("net0");
        assertRefused("net0", "net0: was pulled out, and is not detached yet");
        bus.finder = devargs -> {
            throw new DeviceException("net1: not there");
        };
        assertRefused("net1", "net1: not there");
        bus.finder = devargs -> {
            throw new IllegalStateException("a bug");
        };
        assertRefused("net1", "net1: cannot be looked at: java.lang.IllegalStateException: a bug");

        assertThat(bus.devices()).hasSize(1);
        assertThat(core.log).doesNotContain("open foo0", "open net1");
    }

    @Test
    void shouldCloseWhatCouldNotBeOpened() throws Exception {
        bus.onOpen = device -> {
            core.map(device, "BAR0");
            throw new DeviceException("net0: EBUSY");
        };
        assertRefused("net0", "net0: EBUSY");

        assertThat(core.log).containsExactly("open net0", "released net0 BAR0", "close net0");
        assertThat(bus.devices()).isEmpty();
        bus.onOpen = device -> { };
        assertThat(bus.attachDevice("net0").state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldForgetADeviceWhoseProbeFails() throws Exception {
        driver.onProbe = device -> {
            core.map(device, "BAR0");
            throw new DeviceException("net0: no memory");
        };
        assertRefused("net0", "net0: no memory");
        assertThat(core.log).containsExactly(
                "open net0", "probe net0", "released net0 BAR0", "close net0");
        driver.onProbe = device -> {
            throw new IllegalStateException("a bug");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.attachDevice("net0"))
                .withMessage("net0: probe failed: java.lang.IllegalStateException: a bug")
                .withCauseInstanceOf(IllegalStateException.class);

        assertThat(bus.devices()).isEmpty();
        driver.onProbe = device -> { };
        assertThat(bus.attachDevice("net0").state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldDetachOnce() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        TestDevice device = bus.attachDevice("net0");
        bus.detach(device);
        bus.detach(device);

        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(core.log).containsExactly("open net0", "probe net0", "remove net0",
                "released net0 BAR0", "close net0");
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldNotTakeTheNextDeviceForTheOneThatWas() throws Exception {
        TestDevice first = bus.attachDevice("net0");
        bus.detach(first);
        TestDevice second = bus.attachDevice("net0");
        bus.detach(first);

        assertThat(second).isNotSameAs(first);
        assertThat(bus.devices()).containsExactly(second);
        assertThat(second.state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldRefuseDevicesOfOtherBuses() throws Exception {
        bus.attachDevice("net0");
        Device other = new Device("other", Devargs.parse("net0")) { };

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.detach(other))
                .withMessage("net0: is not a device of the test bus");
        assertThat(bus.devices()).hasSize(1);
    }

    @Test
    void shouldKeepADeviceItsDriverDoesNotLetGoOf() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        TestDevice device = bus.attachDevice("net0");
        driver.onRemove = d -> {
            throw new DeviceException("a queue is busy");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.detach(device))
                .withMessage("net0: driver net could not let go of it: a queue is busy;"
                        + " detach it again");
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.windows().list()).hasSize(1);
        assertThat(bus.open).containsExactly(device);

        driver.onRemove = d -> { };
        bus.detach(device);
        assertThat(bus.devices()).isEmpty();
        assertThat(bus.open).isEmpty();
    }

    @Test
    void shouldDetachADeviceThatCannotBeClosedWell() throws Exception {
        TestDevice device = bus.attachDevice("net0");
        bus.onClose = closing -> {
            throw new DeviceException("EIO");
        };
        bus.detach(device);

        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldRefuseADriverThatAttachesOrDetachesFromWithin() throws Exception {
        String refusal =
                "net0: its driver may not attach or detach it while it is being called";
        driver.onProbe = bus::detach;
        assertRefused("net0", refusal);
        driver.onProbe = device -> bus.attachDevice("net0");
        assertRefused("net0", refusal);

        assertThat(bus.devices()).isEmpty();
    }

    @Test
    void shouldNotKeepOtherDevicesWaitingForASlowProbe() throws Exception {
        TestDevice other = bus.attachDevice("net1");
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        driver.onProbe = device -> {
            if (device.name().equals("net0")) {
                probing.countDown();
                Await.open(goOn);
            }
        };
        Future<TestDevice> slow = threads.submit(() -> bus.attachDevice("net0"));
        Await.open(probing);

        bus.unplug("net1");
        bus.detach(other);
        bus.attachDevice("net2");
        assertThat(bus.devices()).extracting(TestDevice::state)
                .containsExactly(DeviceState.PROBING, DeviceState.PROBED);
        bus.unplug("net0");
        goOn.countDown();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(slow::get).withMessageContaining("pulled out while being probed");
    }

    @Test
    void shouldDetachAllWhenItGoes() throws Exception {
        bus.attachDevice("net0");
        bus.attachDevice("net1");
        core.log.clear();
        bus.stop();
        bus.stop();

        assertThat(core.log).containsExactly(
                "remove net1", "close net1", "remove net0", "close net0");
        assertThat(bus.devices()).isEmpty();
        assertThat(driver.driven).isEmpty();
        assertRefused("net0", "net0: the test bus is being stopped");
    }

    @Test
    void shouldCloseAllWhenItGoesWhateverTheDriverSays() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        TestDevice device = bus.attachDevice("net0");
        TestDevice other = bus.attachDevice("net1");
        driver.onRemove = d -> {
            if (d == device) {
                throw new DeviceException("a queue is busy");
            }
        };
        core.log.clear();
        bus.stop();

        assertThat(core.log).containsExactly("remove net1", "released net1 BAR0", "close net1",
                "remove net0", "replaced net0", "close net0");
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(other.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(bus.devices()).isEmpty();
    }

    /** It is found, but not on the bus yet, when the bus begins to go. */
    @Test
    void shouldNotLeaveBehindADeviceThatIsJustBeingAttachedWhenItGoes() throws Exception {
        CountDownLatch finding = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        bus.finder = devargs -> {
            finding.countDown();
            Await.open(goOn);
            return new TestDevice(devargs);
        };
        Future<TestDevice> attaching = threads.submit(() -> bus.attachDevice("net0"));
        Await.open(finding);
        Thread stopping = new Thread(bus::stop);
        stopping.start();
        Await.until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        goOn.countDown();
        stopping.join();

        assertThat(attaching.get().state()).isEqualTo(DeviceState.DETACHED);
        assertThat(bus.devices()).isEmpty();
        assertThat(bus.open).isEmpty();
    }

    @Test
    void shouldGoWithoutADeviceWhoseDriverHangs() throws Exception {
        TestBus impatient = new TestBus(core, Duration.ofMillis(1));
        TestDriver hanging = impatient.install("net");
        impatient.attachDevice("net0");
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        hanging.onProbe = device -> {
            probing.countDown();
            Await.open(goOn);
        };
        Future<TestDevice> attaching = threads.submit(() -> impatient.attachDevice("net1"));
        Await.open(probing);
        impatient.stop();

        assertThat(impatient.devices()).extracting(TestDevice::name).containsExactly("net1");
        goOn.countDown();
        assertThat(attaching.get().state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldNotLetADriverStopItFromWithin() throws Exception {
        driver.onProbe = device -> bus.stop();
        TestDevice device = bus.attachDevice("net0");

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        bus.stop();
        assertThat(bus.open).isEmpty();
    }
}
