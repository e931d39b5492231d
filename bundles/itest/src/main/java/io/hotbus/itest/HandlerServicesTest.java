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
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.os.Linux;
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

/** Handlers come and go as services, while devices fault. */
class HandlerServicesTest {
    private static final long SIZE = 1 << 16;

    private Application application;
    private Lease failureHandling;
    private Linux linux;
    private MmioMapper mapper;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
        linux = application.service(Linux.class);
        mapper = application.service(MmioMapper.class);
    }

    @AfterEach
    void stop() throws Exception {
        application.close();
        failureHandling.close();
    }

    @Test
    void shouldAskHandlersByRankingUntilOneClaims() throws Exception {
        BlockingQueue<String> asked = new LinkedBlockingQueue<>();
        ServiceRegistration<?> low = register(SigbusHandler.class, fault -> {
            asked.add("low");
            return SigbusVerdict.HANDLED;
        }, 100);
        ServiceRegistration<?> high = register(SigbusHandler.class, fault -> {
            asked.add("high");
            return SigbusVerdict.NOT_CLAIMED;
        }, 200);
        MmioWindows owner = new MmioWindows("itest");
        try {
            fault(owner);
            assertThat(Application.await(asked, s -> true)).isEqualTo("high");
            assertThat(Application.await(asked, s -> true)).isEqualTo("low");
        } finally {
            high.unregister();
            low.unregister();
            mapper.releaseAll(owner); // not before: a fault in a window that is released is settled
        }
    }

    @Test
    void shouldKeepAnUnclaimedFaultForTheHandlerThatArrives() throws Exception {
        MmioWindows owner = new MmioWindows("itest");
        long address = fault(owner);
        BlockingQueue<SigbusFault> offered = new LinkedBlockingQueue<>();
        ServiceRegistration<?> late = register(SigbusHandler.class, fault -> {
            offered.add(fault);
            return SigbusVerdict.HANDLED;
        }, 0);
        try {
            assertThat(Application.await(offered, f -> true).address()).isEqualTo(address);
        } finally {
            late.unregister();
            mapper.releaseAll(owner);
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

    /** Maps a window, takes its memory away and reads it; returns the address that was read. */
    private long fault(MmioWindows owner) throws Exception {
        int fd = linux.memfd("itest", SIZE);
        Mmio window = mapper.map(owner, new MmioMapper.Source("BAR0", fd, 0, SIZE, Fill.ONES));
        linux.truncate(fd, 0);
        linux.close(fd);
        assertThat(window.read32(64)).isEqualTo(-1);
        return window.address() + 64;
    }

    private ServiceRegistration<?> register(
            Class<SigbusHandler> type, SigbusHandler handler, int ranking) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(Constants.SERVICE_RANKING, ranking);
        return application.context.registerService(type, handler, properties);
    }
}
