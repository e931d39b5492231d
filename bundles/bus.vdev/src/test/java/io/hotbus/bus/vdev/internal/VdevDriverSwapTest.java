// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drivers come and go while their devices are on the bus. */
@Timeout(30)
final class VdevDriverSwapTest {
    private final TestCore core = new TestCore();
    private final Vdev bus = new Vdev(core, core, core, core);
    private final TestDriver driver = new TestDriver("net_test");
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeEach
    void install() {
        core.handler = bus;
        bus.addDriver(driver, Map.of());
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private VdevDevice attach(String devargs) throws DeviceException {
        return (VdevDevice) bus.attach(Devargs.parse(devargs));
    }

    private void uninstall(TestDriver gone) {
        bus.removeDriver(gone);
        gone.serviceGone = true;
    }

    private TestDriver installAnother() {
        TestDriver another = new TestDriver("net_test");
        bus.addDriver(another, Map.of());
        return another;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldKeepTheDeviceWaitingForADriver() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        VdevDevice before = attach("net_test0,key=value");
        uninstall(driver);

        assertThat(driver.calls).containsExactly("probe net_test0", "remove net_test0");
        assertThat(core.log).containsExactly("released net_test0 BAR0");
        assertThat(before.state()).isEqualTo(DeviceState.DETACHED);
        VdevDevice waiting = bus.devices().get(0);
        assertThat(waiting.state()).isEqualTo(DeviceState.FOUND);
        assertThat(waiting.devargs()).isEqualTo(before.devargs());
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> attach("net_test0"))
                .withMessage("net_test0: is attached already, and waits for its driver to return");
    }

    @Test
    void shouldProbeAgainWhenADriverArrives() throws Exception {
        attach("net_test0,key=value");
        uninstall(driver);
        TestDriver next = installAnother();
        core.runControl();

        VdevDevice device = bus.devices().get(0);
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.devargs()).isEqualTo(Devargs.parse("net_test0,key=value"));
        assertThat(next.driven).containsExactly(device);
        assertThat(driver.complaints).isEmpty();
    }

    @Test
    void shouldProbeAgainWithADriverThatIsThereAlready() throws Exception {
        attach("net_test0");
        TestDriver next = installAnother();
        core.runControl();
        assertThat(next.calls).isEmpty();
        uninstall(driver);
        core.runControl();

        assertThat(next.driven).containsExactlyElementsOf(bus.devices());
        assertThat(driver.driven).isEmpty();
    }

    @Test
    void shouldDetachAWaitingDevice() throws Exception {
        attach("net_test0");
        uninstall(driver);
        VdevDevice waiting = bus.devices().get(0);
        bus.detach(waiting);
        TestDriver next = installAnother();
        core.runControl();

        assertThat(bus.devices()).isEmpty();
        assertThat(waiting.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(next.calls).isEmpty();
    }

    @Test
    void shouldNotProbeAgainWhatWasPulledOut() throws Exception {
        attach("net_test0");
        attach("net_test1");
        bus.unplugged("net_test0");
        uninstall(driver);
        assertThat(bus.devices()).extracting(VdevDevice::name).containsExactly("net_test1");
        bus.unplugged("net_test1");
        TestDriver next = installAnother();
        core.runControl();

        assertThat(next.calls).isEmpty();
        assertThat(core.log).contains("removed net_test1 UEVENT_REMOVE");
        assertThat(attach("net_test0").state()).isEqualTo(DeviceState.PROBED);
        assertThat(attach("net_test1").state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    void shouldKeepTheDeviceWhenItCannotBeProbedAgain() throws Exception {
        attach("net_test0");
        uninstall(driver);
        TestDriver broken = installAnother();
        broken.onProbe = device -> {
            throw new DeviceException("net_test0: needs another firmware");
        };
        core.runControl();
        assertThat(bus.devices()).extracting(VdevDevice::state).containsExactly(DeviceState.FOUND);
        uninstall(broken);
        TestDriver good = installAnother();
        core.runControl();

        assertThat(good.driven).containsExactlyElementsOf(bus.devices());
    }

    @Test
    void shouldNotUnmapWhatADriverDidNotLetGoOf() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        driver.onRemove = device -> {
            throw new IllegalStateException("a thread is still in it");
        };
        attach("net_test0");
        uninstall(driver);

        assertThat(core.log).containsExactly("replaced net_test0");
        assertThat(bus.devices()).extracting(VdevDevice::state).containsExactly(DeviceState.FOUND);
    }

    @Test
    void shouldLeaveADriverOnlyWhenNoCallIsInside() throws Exception {
        TestDriver slow = new TestDriver("slow");
        bus.addDriver(slow, Map.of());
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        slow.onProbe = device -> {
            probing.countDown();
            await(goOn);
        };
        Future<VdevDevice> attaching = threads.submit(() -> attach("vdev:slow0"));
        probing.await();
        Future<List<String>> callsBeforeItLeft = threads.submit(() -> {
            uninstall(slow);
            return List.copyOf(slow.calls);
        });
        while (bus.claims(Devargs.parse("slow0"))) {
            Thread.yield();
        }
        goOn.countDown();

        assertThat(callsBeforeItLeft.get()).containsExactly("probe slow0", "remove slow0");
        assertThat(attaching.get().name()).isEqualTo("slow0");
        assertThat(slow.complaints).isEmpty();
        assertThat(slow.driven).isEmpty();
    }

    @Test
    void shouldNotKeepOtherDevicesWaitingForASlowProbe() throws Exception {
        driver.onProbe = device -> core.map(device, "BAR0");
        VdevDevice other = attach("net_test1");
        CountDownLatch probing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        driver.onProbe = device -> {
            if (device.name().equals("net_test0")) {
                probing.countDown();
                await(goOn);
            }
        };
        Future<VdevDevice> slow = threads.submit(() -> attach("net_test0"));
        probing.await();

        bus.unplugged("net_test1");
        bus.detach(other);
        attach("net_test2");
        assertThat(bus.devices()).extracting(VdevDevice::name, VdevDevice::state).containsExactly(
                tuple("net_test0", DeviceState.PROBING),
                tuple("net_test2", DeviceState.PROBED));
        bus.unplugged("net_test0");
        goOn.countDown();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(slow::get).withMessageContaining("pulled out while being probed");
    }

    /**
     * All of it at once: no driver is called twice at a time, or late, and nothing is left over.
     */
    @Test
    void shouldBearAttachDetachUnplugAndSwapAtOnce() throws Exception {
        List<TestDriver> all = new CopyOnWriteArrayList<>(List.of(driver));
        CountDownLatch done = new CountDownLatch(4);
        List<Future<?>> users = new CopyOnWriteArrayList<>();
        for (int t = 0; t < 4; t++) {
            String name = "net_test" + t / 2;
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
            TestDriver next = installAnother();
            all.add(next);
            uninstall(current);
            current = next;
            core.runControl();
        }
        for (Future<?> user : users) {
            user.get();
        }
        core.runControl();
        for (VdevDevice left : bus.devices()) {
            bus.detach(left);
        }
        assertThat(bus.devices()).isEmpty();
        assertThat(all).allSatisfy(used -> {
            assertThat(used.complaints).isEmpty();
            assertThat(used.driven).isEmpty();
        });
        assertThat(all).anySatisfy(used -> assertThat(used.calls).isNotEmpty());
    }

    private void attachAndDetach(String name, boolean unplugs) {
        for (int i = 0; i < 2000; i++) {
            try {
                VdevDevice device = attach(name);
                if (unplugs) {
                    bus.unplugged(name);
                }
                bus.detach(device);
            } catch (DeviceException e) {
                assertThat(e).hasMessageMatching(
                        ".*(is attached already|no vdev driver|pulled out).*");
                bus.devices().stream().filter(d -> d.name().equals(name)).forEach(this::tryDetach);
            }
        }
    }

    private void tryDetach(VdevDevice device) {
        try {
            bus.detach(device);
        } catch (DeviceException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNoticeARemovalWhileTheDriverLetsGo() throws Exception {
        driver.onRemove = device -> bus.unplugged("net_test0");
        attach("net_test0");
        uninstall(driver);

        assertThat(bus.devices()).isEmpty();
        assertThat(core.log).contains("removed net_test0 UEVENT_REMOVE");
    }

    /** The object it is reported for may have been replaced by then. */
    @Test
    void shouldNoticeARemovalThatIsReportedWhenTheDriverHasLetGo() throws Exception {
        attach("net_test0");
        core.beforeReport = () -> {
            core.beforeReport = () -> { };
            uninstall(driver);
            installAnother();
            core.runControl();
        };
        bus.unplugged("net_test0");

        assertThat(bus.devices()).hasSize(1).allMatch(VdevDevice::isGone);
        assertThat(core.log).containsExactly("removed net_test0 UEVENT_REMOVE",
                "replaced net_test0");
    }
}
