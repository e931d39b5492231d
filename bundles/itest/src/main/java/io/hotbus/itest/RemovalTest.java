// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvent.Kind;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests a device that is pulled out of a running application and comes back. */
class RemovalTest {
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
    void shouldSurviveRemovalUnderTrafficAndUseTheDeviceAgain() throws Exception {
        Port port = application.start("net_sim0,loopback=1,uevent_ms=10000");
        RemovalInjector injector = application.service(RemovalInjector.class);
        try (Poller poller = new Poller(application, port)) {
            poller.awaitPackets(10_000);

            long yanked = injector.yank("net_sim0");

            SigbusFault fault =
                    application.awaitDevice(Kind.FAULT, "net_sim0").fault().orElseThrow();
            assertThat(fault.timeNanos()).isGreaterThan(yanked);
            assertThat(fault.window()).startsWith("net_sim0 ");
            DeviceEvent removed = application.awaitDevice(Kind.REMOVE, "net_sim0");
            assertThat(removed.cause()).contains(RemovalCause.SIGBUS);
            assertThat(removed.device()).contains(port.device());
            application.awaitPort(EthEvent.Kind.INTR_RMV, "net_sim0");
            assertThat(port.isRemoved()).isTrue();
            assertThat(port.link().up()).isFalse();
            assertThat(port.stats().rxPackets()).isGreaterThanOrEqualTo(10_000);
            assertThat(poller.alive()).isTrue();
        }
        application.giveUp(port);
        assertThat(port.device().state()).isEqualTo(DeviceState.DETACHED);

        injector.plug("net_sim0");
        application.awaitDevice(Kind.ADD, "net_sim0");
        Port again = application.start(port.device().devargs().toString());
        try (Poller poller = new Poller(application, again)) {
            poller.awaitPackets(10_000);
        }
        application.giveUp(again);
        assertThat(application.pool().available()).isEqualTo(application.pool().capacity());
    }

    @Test
    void shouldNoticeTheRemovalOfAnIdleDevice() throws Exception {
        application.attach("net_sim0,uevent_ms=1");

        application.service(RemovalInjector.class).yank("net_sim0");

        DeviceEvent removed = application.awaitDevice(Kind.REMOVE, "net_sim0");
        assertThat(removed.cause()).contains(RemovalCause.UEVENT_REMOVE);
    }

    @Test
    void shouldKeepOtherPortsRunningWhileOneGoes() throws Exception {
        Port stays = application.start("net_sim1,loopback=1");
        Port goes = application.start("net_sim0,loopback=1");
        try (Poller poller = new Poller(application, stays, goes)) {
            poller.awaitPackets(10_000);
            application.service(RemovalInjector.class).yank("net_sim0");
            application.awaitPort(EthEvent.Kind.INTR_RMV, "net_sim0");
            poller.awaitPackets(10_000);
        }
        assertThat(stays.isRemoved()).isFalse();
        assertThat(stays.link().up()).isTrue();
        assertThat(stays.stats().missed()).isZero();
    }

    @Test
    void shouldRefuseToAttachWhatIsNotPluggedIn() throws Exception {
        Port port = application.start("net_sim0,loopback=1,uevent_ms=1");
        application.service(RemovalInjector.class).yank("net_sim0");
        application.awaitDevice(Kind.REMOVE, "net_sim0");
        application.giveUp(port);

        assertThatThrownBy(() -> application.attach("net_sim0"))
                .isInstanceOf(DeviceException.class).hasMessageContaining("device plug net_sim0");
        application.service(RemovalInjector.class).plug("net_sim0");
    }
}
