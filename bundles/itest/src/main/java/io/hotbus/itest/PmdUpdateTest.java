// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.PortUser;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests repeated updates of a driver's bundle while its port and other ports forward. */
class PmdUpdateTest {
    private static final Logger LOG = LoggerFactory.getLogger(PmdUpdateTest.class);
    private static final int UPDATES = 20;
    /** Generous, because the threads share their CPUs with other work of the machine. */
    private static final Duration LONGEST_GAP = Duration.ofSeconds(10);

    private Application application;
    private Forwarding forwarding;

    @BeforeEach
    void start() throws Exception {
        application = new Application();
        forwarding = new Forwarding(application, 2);
    }

    @AfterEach
    void stop() throws Exception {
        forwarding.close();
        assertThat(application.pool().available()).isEqualTo(application.pool().capacity());
        application.close();
    }

    /** Uses two threads; one port shares its thread with the port that comes and goes. */
    @Test
    void shouldLoseNothingOnOtherPortsWhileNetNullIsUpdated() throws Exception {
        Port neighbour = forwarding.attach("net_sim2,loopback=1");
        Port other = forwarding.attach("net_sim1,loopback=1");
        updateUnder("net.null", "net_null0,size=128,copy=1", neighbour, other);
        for (Port port : new Port[] {neighbour, other}) {
            forwarding.poller(port.name()).awaitAllReceived(port);
            assertThat(port.stats().missed()).isZero();
        }
    }

    @Test
    void shouldLoseNothingOnOtherPortsWhileNetSimIsUpdated() throws Exception {
        Port neighbour = forwarding.attach("net_null2");
        Port other = forwarding.attach("net_null1");
        updateUnder("net.sim", "net_sim0,queues=2,loopback=1", neighbour, other);
    }

    private void updateUnder(String name, String devargs, Port... others) throws Exception {
        Bundle bundle = Bundles.named(name);
        Port port = forwarding.attach(devargs);
        ServiceRegistration<?> user = application.context.registerService(PortUser.class,
                taken -> awaitTraffic(others), null);
        try {
            for (int i = 0; i < UPDATES; i++) {
                Bundles.update(bundle);
                Port again = forwarding.awaitPackets(port.name());
                assertThat(again).isNotSameAs(port);
                assertThat(again.device().devargs()).hasToString(devargs);
                assertThat(port.state()).isEqualTo(PortState.CLOSED);
                assertThat(port.device().state()).isEqualTo(DeviceState.DETACHED);
                port = again;
            }
            awaitTraffic(others);
        } finally {
            user.unregister();
        }
        for (Port other : others) {
            assertThat(other.state()).isEqualTo(PortState.STARTED);
            long gap = forwarding.poller(other.name()).seen(other).worstGapNanos();
            LOG.info("{} updates of {}: {} without a packet for {} us at most",
                    UPDATES, name, other, gap / 1000);
            assertThat(Duration.ofNanos(gap)).isLessThan(LONGEST_GAP);
        }
    }

    /** Waits for traffic on {@code ports}, which must continue while another port is withdrawn. */
    private void awaitTraffic(Port... ports) {
        for (Port port : ports) {
            forwarding.poller(port.name()).awaitPackets(port, 1_000);
        }
    }
}
