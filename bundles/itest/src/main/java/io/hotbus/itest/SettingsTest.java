// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceFilter;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Tests changes of the configuration while devices are attached. */
@Timeout(300)
class SettingsTest {
    private static final String PID = "io.hotbus.devices";

    private final BlockingQueue<ServiceEvent> filterEvents = new LinkedBlockingQueue<>();
    private final BlockingQueue<ServiceEvent> busEvents = new LinkedBlockingQueue<>();
    private final ServiceListener filterListener = filterEvents::add;
    private final ServiceListener busListener = busEvents::add;
    private Application application;
    private Lease failureHandling;
    private Configuration configuration;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        failureHandling = application.service(FailureHandling.class).enable();
        application.context.addServiceListener(filterListener, isA(DeviceFilter.class));
        application.context.addServiceListener(busListener, isA(Bus.class));
        configuration = application.service(ConfigurationAdmin.class).getConfiguration(PID, "?");
    }

    @AfterEach
    void close() throws Exception {
        filterEvents.clear();
        configuration.delete();
        awaitModified();
        application.context.removeServiceListener(filterListener);
        application.context.removeServiceListener(busListener);
        application.close();
        failureHandling.close();
    }

    private static String isA(Class<?> type) {
        return "(" + Constants.OBJECTCLASS + "=" + type.getName() + ")";
    }

    private void set(String key, String value) throws Exception {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(key, value);
        configuration.update(properties);
        awaitModified();
    }

    /** Waits until the component has applied the change; its service properties change last. */
    private void awaitModified() throws InterruptedException {
        Application.await(filterEvents, event -> event.getType() == ServiceEvent.MODIFIED);
    }

    @Test
    void shouldBlockADeviceWhileOthersAreAttached() throws Exception {
        Device attached = application.attach("net_sim0");

        set("block", "net_sim0 vdev:net_sim1");

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> application.attach("net_sim1"))
                .withMessage("net_sim1: is blocked (block of io.hotbus.devices)");
        assertThat(attached.state()).isEqualTo(DeviceState.PROBED);
        assertThat(busEvents).as("buses that were restarted").isEmpty();
    }

    @Test
    void shouldKeepQuietAboutABlockedDeviceThatReturns() throws Exception {
        Device attached = application.attach("net_sim0");
        RemovalInjector injector = application.service(RemovalInjector.class);
        Device other = application.attach("net_sim1");
        set("block", "net_sim0");
        injector.yank("net_sim0");
        injector.yank("net_sim1");
        assertThat(application.awaitDevice(DeviceEvent.Kind.REMOVE, "net_sim0").device())
                .contains(attached);
        application.awaitDevice(DeviceEvent.Kind.REMOVE, "net_sim1");
        application.service(DeviceManager.class).detach(attached);
        application.service(DeviceManager.class).detach(other);
        injector.plug("net_sim0");
        injector.plug("net_sim1");

        assertThat(Application.await(application.deviceEvents,
                event -> event.kind() == DeviceEvent.Kind.ADD).name()).isEqualTo("net_sim1");
    }

    @Test
    void shouldKeepTheListsWhereAnEntryIsWrong() throws Exception {
        set("block", "net_sim1");
        set("block", "=");

        DeviceFilter filter = application.service(DeviceFilter.class);
        assertThat(filter.allows("vdev", "net_sim1")).isFalse();
        assertThat(filter.allows("vdev", "net_sim0")).isTrue();
    }

    @Test
    void shouldAttachWithTheArgumentsOfTheAllowList() throws Exception {
        set("allow", "net_sim0,queues=2");

        assertThat(application.attach("net_sim0").devargs()).hasToString("net_sim0,queues=2");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> application.attach("net_null0"))
                .withMessage("net_null0: is not among those allowed (allow of io.hotbus.devices)");
    }
}
