// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent.Kind;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** Tests handlers that come and go as services while devices fault. */
class HandlerServicesTest {
    private Application application;
    private Lease failureHandling;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        failureHandling.close();
    }

    @Test
    void shouldKeepAnUnclaimedFaultForTheHandlerThatArrives() throws Exception {
        try (FaultyWindow window = new FaultyWindow(application)) {
            long address = window.fault();
            BlockingQueue<SigbusFault> offered = new LinkedBlockingQueue<>();
            ServiceRegistration<?> late =
                    application.context.registerService(SigbusHandler.class, fault -> {
                        offered.add(fault);
                        return SigbusVerdict.HANDLED;
                    }, null);
            try {
                assertThat(Application.await(offered, f -> true).address()).isEqualTo(address);
            } finally {
                late.unregister();
            }
        }
    }

    @Test
    void shouldUseTheReplacedBusHotplugHandlerFromTheNextRemovalOn() throws Exception {
        Device first = application.attach("net_sim0,uevent_ms=1");
        BlockingQueue<Device> handled = new LinkedBlockingQueue<>();
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(BusHotplugHandler.BUS, "vdev");
        properties.put(Constants.SERVICE_RANKING, 10);
        ServiceRegistration<?> ours = application.context.registerService(BusHotplugHandler.class,
                (device, cause) -> handled.add(device), properties);
        try {
            application.service(RemovalInjector.class).yank("net_sim0");
            assertThat(Application.await(handled, d -> true)).isSameAs(first);
        } finally {
            ours.unregister();
        }
    }

    @Test
    void shouldDeliverEventsPastAListenerThatThrowsAndOneThatHangs() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        ServiceRegistration<?> throwing = application.context.registerService(
                DeviceEventListener.class, event -> {
                    throw new IllegalStateException("a listener's own trouble");
                }, null);
        ServiceRegistration<?> hanging = application.context.registerService(
                DeviceEventListener.class, event -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }, null);
        try {
            application.attach("net_sim0,uevent_ms=1");
            application.service(RemovalInjector.class).yank("net_sim0");
            application.awaitDevice(Kind.REMOVE, "net_sim0");
            application.service(RemovalInjector.class).plug("net_sim0");
            application.awaitDevice(Kind.ADD, "net_sim0");
        } finally {
            release.countDown();
            hanging.unregister();
            throwing.unregister();
        }
    }
}
