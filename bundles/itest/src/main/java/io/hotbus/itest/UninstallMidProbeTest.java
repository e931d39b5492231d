// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent.Kind;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.os.SigbusWindows;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceRegistration;

/** Tests that a driver, its bus or the device can be taken away in the middle of a probe. */
class UninstallMidProbeTest {
    private static final String DEVICE = "net_itest0,key=value";

    /** A way to take a bundle away. */
    @FunctionalInterface
    private interface End {
        void of(Bundle bundle) throws BundleException;
    }

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final CountDownLatch probing = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private volatile boolean pulledOut;
    private volatile FaultyWindow window;
    private Application application;
    private Lease failureHandling;
    private ServiceRegistration<?> script;
    private Bundle bus;
    private Bundle driver;
    private SigbusWindows.Totals before;
    /** Faults that wait for ever, in windows that a bus of another test never released. */
    private long waitingBefore;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
        before = application.service(SigbusWindows.class).totals();
        waitingBefore = faultsWaiting();
        script = application.script("driver", (call, device) -> drive(call, (Device) device));
        bus = Bundles.named("bus.vdev");
        driver = Bundles.startFixture("driver");
    }

    @AfterEach
    void stop() throws Exception {
        goOn.countDown();
        threads.shutdownNow();
        if (driver.getState() != Bundle.UNINSTALLED) {
            driver.uninstall();
        }
        Bundles.refresh(driver);
        application.close(); // after the driver, which may still be probing
        script.unregister();
        failureHandling.close();
        assertThat(application.service(SigbusWindows.class).totals().windows())
                .isEqualTo(before.windows());
    }

    private void drive(String call, Device device) {
        calls.add(call);
        if (call.equals("remove")) {
            window.close();
            return;
        }
        try {
            window = new FaultyWindow(application, device.windows());
            probing.countDown();
            assertThat(goOn.await(Application.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
            if (pulledOut) {
                window.fault();
                Waiting.until("its removal is not noticed",
                        () -> device.isGone() || bus.getState() != Bundle.ACTIVE);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        calls.add("probed");
    }

    @Test
    void shouldEndTheProbeBeforeItsDriverStopsAndProbeAgainWhenItIsBack() throws Exception {
        Device device = endMidProbe(driver, Bundle::stop).get();

        assertThat(calls).containsExactly("probe", "probed", "remove");
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(windowsMapped()).isZero();

        driver.start();
        Waiting.until("not probed again", () -> calls.size() == 5);
        Device again = application.service(DeviceManager.class).find(device.name()).orElseThrow();
        assertThat(again.devargs()).hasToString(DEVICE);
        assertThat(calls.subList(3, 5)).containsExactly("probe", "probed");
    }

    @Test
    void shouldEndTheProbeOfAPulledOutDeviceBeforeItsDriverIsUninstalled() throws Exception {
        pulledOut = true;
        Future<Device> attach = endMidProbe(driver, Bundle::uninstall);

        assertThatThrownBy(attach::get).hasCauseInstanceOf(DeviceException.class)
                .hasMessageContaining("pulled out while being probed");
        assertThat(calls).containsExactly("probe", "probed", "remove");
        assertThat(windowsMapped()).isZero();
        application.awaitDevice(Kind.FAULT, "net_itest0");
        assertThat(application.awaitDevice(Kind.REMOVE, "net_itest0").cause())
                .contains(RemovalCause.SIGBUS);
        assertThat(application.service(DeviceManager.class).devices()).isEmpty();
        assertNoFaultWaits();
    }

    @Test
    void shouldEndTheProbeBeforeItsBusStops() throws Exception {
        Device device = endMidProbe(bus, Bundle::stop).get();

        assertThat(calls).containsExactly("probe", "probed", "remove");
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(windowsMapped()).isZero();

        bus.start();
        Waiting.until("not probed again", () -> calls.size() == 5);
        assertThat(calls.subList(3, 5)).containsExactly("probe", "probed");
        assertBusWorks();
    }

    /** The bus may be gone before it can claim the fault; the fault then ends with the window. */
    @Test
    void shouldEndTheProbeOfAPulledOutDeviceBeforeItsBusIsUninstalled() throws Exception {
        pulledOut = true;
        try {
            Future<Device> attach = endMidProbe(bus, Bundle::uninstall);
            try {
                assertThat(attach.get().state()).isEqualTo(DeviceState.DETACHED);
            } catch (ExecutionException e) {
                assertThat(e).hasMessageContaining("pulled out while being probed");
            }
            assertThat(calls).containsExactly("probe", "probed", "remove");
            assertThat(windowsMapped()).isZero();
            assertNoFaultWaits();
        } finally {
            pulledOut = false;
            application.context.installBundle(bus.getLocation()).start();
            Bundles.refresh(bus);
        }
        assertBusWorks();
    }

    /** Starts an attach and takes {@code bundle} away during its probe; returns the attach. */
    private Future<Device> endMidProbe(Bundle bundle, End end) throws Exception {
        Future<Device> attach = threads.submit(() -> application.attach(DEVICE));
        assertThat(probing.await(Application.DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
        Future<?> ended = threads.submit(() -> {
            end.of(bundle);
            return null;
        });
        Waiting.until("it does not stop", () -> bundle.getState() == Bundle.STOPPING);
        assertFrameworkGoesOn();
        assertThat(ended).isNotDone();
        assertThat(calls).containsExactly("probe");
        goOn.countDown();
        ended.get(Application.DEADLINE_SECONDS, TimeUnit.SECONDS);
        Waiting.until("the probe does not end", attach::isDone);
        return attach;
    }

    /** Checks that other bundles can still come and go while one bundle waits. */
    private void assertFrameworkGoesOn() throws Exception {
        ServiceRegistration<?> journal = application.script("handler", (call, what) -> { });
        Bundle other = Bundles.startFixture("handler");
        assertThat(other.getState()).isEqualTo(Bundle.ACTIVE);
        other.uninstall();
        journal.unregister();
    }

    private void assertBusWorks() {
        Waiting.until("the bus and its drivers do not return", () -> {
            try {
                return application.attach("net_null0").state() == DeviceState.PROBED;
            } catch (DeviceException e) {
                return false;
            }
        });
    }

    private long windowsMapped() {
        return application.service(SigbusWindows.class).totals().windows() - before.windows();
    }

    private long faultsWaiting() {
        return application.service(FailureHandling.class).faults().waiting();
    }

    private void assertNoFaultWaits() {
        Waiting.until("a fault is neither claimed nor settled",
                () -> faultsWaiting() <= waitingBefore);
    }
}
