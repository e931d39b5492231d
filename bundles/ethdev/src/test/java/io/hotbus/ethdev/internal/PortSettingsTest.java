// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.TxOffload;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be set on a port beside its queues. */
final class PortSettingsTest {
    private final TestDevice device = new TestDevice("net_test0");
    private final TestDev dev = new TestDev();
    private final EthPort port = new EthPort(
            3, device, dev, Optional.empty(), event -> { });
    private final Mempool pool;

    PortSettingsTest() throws Exception {
        pool = new Mempools(new TestDma()).create("test", 16, 64);
    }

    @AfterEach
    void closePool() {
        pool.close();
    }

    private void start() throws DeviceException {
        port.configure(new PortConfig(2, 128, 256, pool));
        port.start();
    }

    @Test
    void shouldPassTheFilterOnWhileTheDeviceIsThere() throws DeviceException {
        port.setPromiscuous(true);
        port.setPromiscuous(true);
        assertThat(port.promiscuous()).isTrue();
        device.markRemoved();
        port.setPromiscuous(false);

        assertThat(dev.calls).containsExactly("filter [02:00:00:00:00:01] promiscuous");
    }

    @Test
    void shouldHaveTheAddressThatItWasGiven() throws DeviceException {
        MacAddress next = new MacAddress(0x0200_0000_0009L);
        port.changeRxFilter(filter -> filter.withAddress(next));
        assertThat(port.macAddress()).isEqualTo(next);
        assertThat(port.info().macAddress()).hasToString("02:00:00:00:00:01");
        refuses(() -> port.changeRxFilter(filter -> filter.minus(next)),
                "02:00:00:00:00:09 is the address of the port itself");
    }

    @Test
    void shouldFollowTheAddressThatAStartHasChanged() throws DeviceException {
        MacAddress given = new MacAddress(0x0200_0000_0005L);
        dev.onStart = () -> dev.address = given;
        start();
        assertThat(port.macAddress()).isEqualTo(given);
        assertThat(dev.calls).contains("filter [02:00:00:00:00:05]");

        MacAddress own = new MacAddress(0x0200_0000_0009L);
        port.changeRxFilter(filter -> filter.withAddress(own));
        dev.onStart = () -> dev.address = new MacAddress(0x0200_0000_0006L);
        port.stop();
        port.start();

        assertThat(port.macAddress()).as("that of the application").isEqualTo(own);
    }

    @Test
    void shouldStopADeviceThatDoesNotTakeItsNewAddress() throws DeviceException {
        dev.onStart = () -> dev.address = new MacAddress(0x0200_0000_0005L);
        dev.onFilter = () -> {
            throw new DeviceException("net_test0: no");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(this::start)
                .withMessage("net_test0: no");
        assertThat(dev.calls).endsWith("start", "stop");
    }

    @Test
    void shouldKeepTheFilterThatTheDeviceDoesNotTake() {
        dev.onFilter = () -> {
            throw new DeviceException("net_test0: no");
        };
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> port.setPromiscuous(true)).withMessage("net_test0: no");
        assertThat(port.promiscuous()).isFalse();
    }

    @Test
    void shouldNameThePortAndTheDriverOfWhatIsNotSupported() {
        refuses(() -> port.changeRxFilter(filter -> filter.withAllMulticast(true)),
                "allmulticast mode: not supported by net_test");
        refuses(() -> port.configure(new PortConfig(1, 128, 128, pool).withOffloads(
                        Set.of(), Set.of(TxOffload.TCP_TSO, TxOffload.VLAN_INSERT))),
                "tx offload vlan_insert, tcp_tso: not supported by net_test");
        refuses(() -> port.configure(new PortConfig(1, 128, 128, pool).withRss(
                        new RssConfig(Set.of(RssHash.IPV6), List.of(), List.of()))),
                "RSS of ipv6: not supported by net_test");
        assertThat(dev.calls).isEmpty();
    }

    private static void refuses(ThrowingCallable call, String why) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(call)
                .withMessage("port 3 (net_test0): " + why);
    }

    @Test
    void shouldRefuseAnRssTableThatCannotBe() throws DeviceException {
        PortConfig config = new PortConfig(2, 128, 128, pool);
        Set<RssHash> hashes = Set.of(RssHash.IPV4);
        refuses(() -> port.configure(config.withRss(
                        new RssConfig(hashes, List.of((byte) 1), List.of()))),
                "an RSS key of 1 bytes: 2 are needed");
        refuses(() -> port.configure(config.withRss(
                        new RssConfig(hashes, List.of(), List.of(0, 1)))),
                "an RSS table of 2 entries: 4 are needed");
        refuses(() -> port.configure(config.withRss(
                        new RssConfig(hashes, List.of(), List.of(0, 1, 2, 0)))),
                "an RSS table with queue 2: 0 to 1 are possible");
        port.configure(config.withRss(new RssConfig(
                hashes, List.of((byte) 1, (byte) 2), List.of(0, 1, 1, 0))));
    }

    @Test
    void shouldSetTheMtuOfAStoppedPort() throws DeviceException {
        assertThat(port.mtu()).isEqualTo(1500);
        port.setMtu(9000);
        assertThat(port.mtu()).isEqualTo(9000);
        refuses(() -> port.setMtu(9001), "MTU 9001: 68 to 9000 are possible");
        refuses(() -> port.setMtu(67), "MTU 67: 68 to 9000 are possible");
        start();
        refuses(() -> port.setMtu(1500), "is started: its MTU can be set while it is stopped");
        assertThat(dev.calls).startsWith("mtu 9000").doesNotContain("mtu 1500");
    }

    @Test
    void shouldWakeWhoSleepsWhenTheQueuesChange() throws DeviceException {
        AtomicInteger wakes = new AtomicInteger();
        assertThat(port.wakeOnPacket(1, wakes::incrementAndGet)).isTrue();
        assertThat(wakes).hasValue(0);
        start();
        assertThat(wakes).hasValue(1);
        // The device of this test has no receive interrupts.
        assertThat(port.wakeOnPacket(1, wakes::incrementAndGet)).isFalse();
        port.deviceRemoved();
        assertThat(wakes).hasValue(2);
        port.stop();
        assertThat(wakes).hasValue(2);
    }

    @Test
    void shouldHaveOneOwner() throws DeviceException {
        assertThat(port.owner()).isEmpty();
        port.own("net_failsafe0");
        port.own("net_failsafe0");
        refuses(() -> port.own("net_bonding0"), "is owned by net_failsafe0");
        port.disown("net_bonding0");
        assertThat(port.owner()).contains("net_failsafe0");
        port.disown("net_failsafe0");
        port.own("net_bonding0");
        assertThat(port.owner()).contains("net_bonding0");
    }
}
