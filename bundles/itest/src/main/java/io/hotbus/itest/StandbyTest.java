// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.Standby;
import io.hotbus.ethdev.TxQueue;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;

/** Tests that a device which stands in for another one becomes a failsafe port with that one. */
class StandbyTest extends MembersTests {
    private static final String STANDBY = "net_itest0";
    private static final String PRIMARY = "net_sim0";
    private static final String PAIR = "net_failsafe1000";
    private static final MacAddress MAC = new MacAddress(0x02_00_00_00_00_01L);

    private final Map<String, Port> published = new ConcurrentHashMap<>();
    private ServiceRegistration<?> script;
    private Bundle driver;

    /** A device without traffic. */
    private record QuietDev(Standby role) implements EthDev {
        @Override
        public EthDevInfo info() {
            return new EthDevInfo("net_itest", MAC, new QueueLimits(1, 64, 1024))
                    .withStandby(role);
        }

        @Override
        public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) {
            return (caches, mbufs, max) -> 0;
        }

        @Override
        public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
            return (caches, mbufs, count) -> 0;
        }

        @Override
        public void start() {
        }

        @Override
        public void stop() {
        }

        @Override
        public void close() {
        }

        @Override
        public Link link() {
            return new Link(true, 10, true);
        }

        @Override
        public EthStats stats() {
            return EthStats.ZERO;
        }

        @Override
        public void resetStats() {
        }
    }

    @BeforeEach
    void startDriver() throws Exception {
        Standby role = new Standby(Optional.of(Devargs.parse(PRIMARY + ",loopback=1")));
        script = test.script("driver", (call, device) -> drive(call, (Device) device, role));
        driver = Bundles.startFixture("driver");
    }

    @AfterEach
    void stopDriver() throws Exception {
        driver.uninstall();
        Bundles.refresh(driver);
        script.unregister();
    }

    private void drive(String call, Device device, Standby role) {
        PortRegistry ports = test.service(PortRegistry.class);
        if (call.equals("probe")) {
            published.put(device.name(), ports.add(device, new QuietDev(role)));
        } else {
            ports.remove(published.remove(device.name()));
        }
    }

    /** Attaches the standby; returns the port that is made of it, which has the primary. */
    private Port attachPair() throws Exception {
        test.attach(STANDBY);
        Waiting.until("there is no pair", () -> member(PAIR) != null && member(PRIMARY) != null);
        return member(PAIR);
    }

    @Test
    void shouldBeOnePortWithThePrimaryWhichComesAndGoes() throws Exception {
        Port pair = attachPair();
        test.start(pair);
        Waiting.until("the primary is not used", () -> isUsed(PRIMARY));

        assertThat(pair.owner()).isEmpty();
        assertThat(pair.id()).isLessThan(PortRegistry.FIRST_CLAIMED);
        assertThat(pair.macAddress()).isEqualTo(MAC);
        assertThat(member(STANDBY).owner()).contains(PAIR);
        for (long i = 1; i <= 3; i++) {
            injector.yank(PRIMARY);
            Waiting.until("the primary is not let go", () -> isAway(PRIMARY));
            assertThat(pair.link().up()).isTrue();
            injector.plug(PRIMARY);
            Waiting.until("the primary is not used again", () -> isUsed(PRIMARY));
            assertThat(member(PRIMARY).owner()).contains(PAIR);
            assertThat(pair.xstats()).containsEntry("sub0_removals", i)
                    .containsEntry("sub0_adoptions", i + 1);
        }
        assertThat(pair.xstats()).containsEntry("sub1_removals", 0L);
    }

    @Test
    void shouldBeOnePortAgainWhenTheBundleOfThePairIsReplaced() throws Exception {
        Port before = attachPair();

        Bundles.update(Bundles.named("net.failsafe"));

        Waiting.until("there is no failsafe port again", () -> member(PAIR) != null
                && member(PAIR) != before);
        test.start(member(PAIR));
        Waiting.until("the pair is not whole", () -> isUsed(PRIMARY) && isUsed(STANDBY));
        assertThat(member(STANDBY).owner()).contains(PAIR);
        assertThat(member(PRIMARY).owner()).contains(PAIR);
    }
}
