// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drivers come and go while their devices are on the bus. */
@Timeout(300)
final class DriverSwapTest {
    private final TestCore core = new TestCore();
    private final TestBus bus = new TestBus(core, Duration.ofSeconds(30));
    private final TestDriver driver = bus.install("net");
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void shouldHaveBeenOrderly() {
        threads.shutdownNow();
        assertThat(bus.complaints).isEmpty();
    }

    @Test
    void shouldKeepTheDeviceWaitingForADriver() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        TestDevice before = bus.attachDevice("net0,key=value");
        bus.uninstall(driver);

        assertThat(core.log).containsExactly("open net0", "probe net0", "remove net0",
                "released net0 BAR0", "close net0");
        assertThat(before.state()).isEqualTo(DeviceState.DETACHED);
        TestDevice waiting = bus.devices().get(0);
        assertThat(waiting.state()).isEqualTo(DeviceState.FOUND);
        assertThat(waiting.devargs()).isEqualTo(before.devargs());
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> bus.attachDevice("net0"))
                .withMessage("net0: is attached already, and waits for its driver to return");
    }

    @Test
    void shouldProbeAgainWhenADriverArrives() throws Exception {
        bus.attachDevice("net0,key=value");
        bus.uninstall(driver);
        TestDriver next = bus.install("net");
        core.runControl();

        TestDevice device = bus.devices().get(0);
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.devargs()).isEqualTo(Devargs.parse("net0,key=value"));
        assertThat(next.driven).containsExactly(device);
        assertThat(bus.open).containsExactly(device);
    }

    @Test
    void shouldProbeAgainWithADriverThatIsThereAlready() throws Exception {
        bus.attachDevice("net0");
        TestDriver next = bus.install("net");
        core.runControl();
        assertThat(next.calls).isEmpty();
        bus.uninstall(driver);
        core.runControl();

        assertThat(next.driven).containsExactlyElementsOf(bus.devices());
        assertThat(driver.driven).isEmpty();
    }

    @Test
    void shouldDetachAWaitingDevice() throws Exception {
        bus.attachDevice("net0");
        bus.uninstall(driver);
        TestDevice waiting = bus.devices().get(0);
        bus.detach(waiting);
        TestDriver next = bus.install("net");
        core.runControl();

        assertThat(bus.devices()).isEmpty();
        assertThat(waiting.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(next.calls).isEmpty();
    }

    @Test
    void shouldNotProbeAgainWhatWasPulledOut() throws Exception {
        bus.attachDevice("net0");
        bus.attachDevice("net1");
        bus.unplug("net0");
        bus.uninstall(driver);
        assertThat(bus.devices()).extracting(TestDevice::name).containsExactly("net1");
        bus.unplug("net1");
        TestDriver next = bus.install("net");
        core.runControl();

        assertThat(next.calls).isEmpty();
        assertThat(core.log).contains("removed net1 UEVENT_REMOVE");
        assertThat(bus.attachDevice("net0").state()).isEqualTo(DeviceState.PROBED);
        assertThat(bus.attachDevice("net1").state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldDetachWhatIsNotFoundAgain() throws Exception {
        TestDevice device = bus.attachDevice("net0");
        bus.attachDevice("net1");
        bus.finder = devargs -> {
            if (devargs.name().equals("net1")) {
                throw new IllegalStateException("a bug");
            }
            throw new DeviceException("net0: not there");
        };
        bus.uninstall(driver);

        assertThat(bus.devices()).isEmpty();
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        bus.finder = TestDevice::new;
        bus.install("net");
        assertThat(bus.attachDevice("net0").state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldKeepTheDeviceWhenItCannotBeProbedAgain() throws Exception {
        bus.attachDevice("net0");
        bus.uninstall(driver);
        TestDriver broken = bus.install("net");
        broken.onProbe = device -> {
            throw new DeviceException("net0: needs another firmware");
        };
        core.runControl();
        assertThat(bus.devices()).extracting(TestDevice::state).containsExactly(DeviceState.FOUND);
        assertThat(bus.open).isEmpty();
        bus.uninstall(broken);
        TestDriver good = bus.install("net");
        core.runControl();

        assertThat(good.driven).containsExactlyElementsOf(bus.devices());
    }

    @Test
    void shouldNotUnmapWhatADriverDidNotLetGoOf() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        driver.onRemove = device -> {
            throw new IllegalStateException("a thread is still in it");
        };
        bus.attachDevice("net0");
        bus.uninstall(driver);

        assertThat(core.log).containsExactly(
                "open net0", "probe net0", "remove net0", "replaced net0", "close net0");
        assertThat(bus.devices()).extracting(TestDevice::state).containsExactly(DeviceState.FOUND);
    }

    @Test
    void shouldCloseEvenWhatCannotBeReplaced() throws Exception {
        driver.onRemove = device -> {
            throw new IllegalStateException("a thread is still in it");
        };
        bus.attachDevice("net0");
        core.replaceFails = true;
        bus.uninstall(driver);

        assertThat(core.log).endsWith("remove net0", "replaced net0", "close net0");
        assertThat(bus.open).isEmpty();
    }

    @Test
    void shouldNotTakeADeviceAwayFromWithinItsDriver() throws Exception {
        driver.onProbe = device -> bus.removeDriver(driver);
        TestDevice device = bus.attachDevice("net0");

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(bus.open).containsExactly(device);
    }

    @Test
    void shouldLeaveADriverOnlyWhenNoCallIsInside() throws Exception {
        TestDriver slow = bus.install("slow");
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        slow.onProbe = device -> {
            probing.countDown();
            Await.open(goOn);
        };
        Future<TestDevice> attaching = threads.submit(() -> bus.attachDevice("slow0"));
        Await.open(probing);
        Future<List<String>> callsBeforeItLeft = threads.submit(() -> {
            bus.uninstall(slow);
            return List.copyOf(slow.calls);
        });
        Devargs slow0 = Devargs.parse("slow0");
        Await.until(() -> !bus.claims(slow0));
        goOn.countDown();

        assertThat(callsBeforeItLeft.get()).containsExactly("probe slow0", "remove slow0");
        assertThat(attaching.get().name()).isEqualTo("slow0");
        assertThat(slow.driven).isEmpty();
    }

    /**
     * All of it at once: nothing is called twice at a time, or late, or in a wrong order, and
     * nothing is left over.
     */
    @Test
    void shouldBearAttachDetachUnplugAndSwapAtOnce() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        List<TestDriver> all = new CopyOnWriteArrayList<>(List.of(driver));
        CountDownLatch done = new CountDownLatch(4);
        List<Future<?>> users = new CopyOnWriteArrayList<>();
        for (int t = 0; t < 4; t++) {
            String name = "net" + t / 2;
            boolean unplugs = t % 2 == 1;
            users.add(threads.submit(() -> {
                try {
                    attachAndDetach(name, unplugs);
                } finally {
                    done.countDown();
                }
            }));
        }
        TestDriver current = driver;
        while (done.getCount() > 0) {
            TestDriver next = bus.install("net");
            next.onProbe = driver.onProbe;
            all.add(next);
            bus.uninstall(current);
            current = next;
            core.runControl();
        }
        for (Future<?> user : users) {
            user.get();
        }
        core.runControl();
        for (TestDevice left : bus.devices()) {
            bus.detach(left);
        }
        assertThat(bus.devices()).isEmpty();
        assertThat(bus.open).isEmpty();
        assertThat(all).allSatisfy(used -> assertThat(used.driven).isEmpty());
    }

    private void attachAndDetach(String name, boolean unplugs) {
        for (int i = 0; i < 2000; i++) {
            try {
                TestDevice device = bus.attachDevice(name);
                if (unplugs) {
                    bus.unplug(name);
                }
                bus.detach(device);
            } catch (DeviceException e) {
                assertThat(e).hasMessageMatching(
                        ".*(is attached already|no driver|pulled out).*");
                bus.devices().stream().filter(d -> d.name().equals(name)).forEach(this::tryDetach);
            }
        }
    }

    private void tryDetach(TestDevice device) {
        try {
            bus.detach(device);
        } catch (DeviceException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNoticeARemovalWhileTheDriverLetsGo() throws Exception {
        driver.onRemove = device -> bus.unplug("net0");
        bus.attachDevice("net0");
        bus.uninstall(driver);

        assertThat(bus.devices()).isEmpty();
        assertThat(core.log).contains("removed net0 UEVENT_REMOVE");
    }

    /** The object it is reported for may have been replaced by then. */
    @Test
    void shouldNoticeARemovalThatIsReportedWhenTheDriverHasLetGo() throws Exception {
        bus.attachDevice("net0");
        core.log.clear();
        core.beforeReport = () -> {
            core.beforeReport = () -> { };
            bus.uninstall(driver);
            bus.install("net");
            core.runControl();
        };
        bus.unplug("net0");

        assertThat(bus.devices()).hasSize(1).allMatch(TestDevice::isGone);
        assertThat(core.log).containsExactly("remove net0", "close net0", "open net0",
                "probe net0", "removed net0 UEVENT_REMOVE", "replaced net0");
    }
}
