// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.TestInterrupts;
import io.hotbus.testkit.TestOs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces of a network namespace of their own. */
@EnabledIf("isRoot")
final class NetInterfacesTest {
    private final TestInterrupts interrupts = new TestInterrupts();
    private NetNamespace namespace;
    private NetInterfaces interfaces;

    static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @BeforeEach
    void open() throws Exception {
        namespace = NetNamespace.create();
        namespace.run("ip", "link", "add", "a0", "type", "veth", "peer", "name", "a1");
        interfaces = namespace.call(
                () -> new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts));
    }

    @AfterEach
    void close() throws Exception {
        interfaces.close();
        assertThat(interrupts.open()).as("leases").isZero();
        interrupts.close();
        namespace.close();
    }

    private NetInterface a0() throws Exception {
        return interfaces.find("a0").orElseThrow();
    }

    private void ip(String... arguments) throws Exception {
        final String[] command = new String[arguments.length + 1];
        command[0] = "ip";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        namespace.run(command);
    }

    /** Remembers what it is told. */
    private static final class Told implements InterfaceListener {
        private final List<NetInterface> changes = new CopyOnWriteArrayList<>();
        private final CountDownLatch gone = new CountDownLatch(1);

        @Override
        public void changed(NetInterface now) {
            changes.add(now);
        }

        @Override
        public void gone() {
            assertThat(gone.getCount()).as("told of the end for the first time").isOne();
            gone.countDown();
        }

        NetInterface last() {
            return changes.get(changes.size() - 1);
        }
    }

    @Test
    void shouldFindInterfacesOfItsNamespace() throws Exception {
        final NetInterface a0 = a0();

        assertThat(a0.name()).isEqualTo("a0");
        assertThat(a0.mtu()).isEqualTo(1500);
        assertThat(a0.maxMtu()).isEqualTo(65535);
        assertThat(a0.isEthernet()).isTrue();
        assertThat(a0.isUp()).isFalse();
        assertThat(a0.mac().orElseThrow().isUnicast()).isTrue();
        assertThat(interfaces.find(a0.index())).contains(a0);
        assertThat(interfaces.find("lo").orElseThrow().hasLink()).isTrue();
        assertThat(interfaces.all()).extracting(NetInterface::name).contains("a0", "a1", "lo");
        assertThat(interfaces.find("nosuch")).isEmpty();
        assertThat(interfaces.find(9999)).isEmpty();
    }

    @Test
    void shouldSetUpInterfaces() throws Exception {
        final MacAddress mac = new MacAddress(0x020000000077L);
        assertThat(interfaces.link(a0())).isEqualTo(Link.DOWN);

        interfaces.setMtu(a0(), 9000);
        interfaces.setMac(a0(), mac);
        interfaces.setUp(a0(), true);
        interfaces.setUp(interfaces.find("a1").orElseThrow(), true);

        assertThat(a0().mtu()).isEqualTo(9000);
        assertThat(a0().mac()).contains(mac);
        assertThat(interfaces.link(a0())).isEqualTo(new Link(true, 10_000, true));
        interfaces.setUp(a0(), false);
        assertThat(a0().isUp()).isFalse();
        assertThatIOException().isThrownBy(() -> interfaces.setMtu(a0(), 70_000))
                .withMessageContaining("MTU 70000 of a0");
    }

    @Test
    void shouldTellOfEachChangeAndOfTheEnd() throws Exception {
        final Told told = new Told();
        interfaces.watch(a0(), told);
        final int index = a0().index();

        ip("link", "set", "a0", "up");
        ip("link", "set", "a1", "up");
        Await.until("the link is up", () -> told.last().hasLink());
        ip("link", "set", "a1", "down");
        Await.until("the link is down", () -> !told.last().hasLink());
        ip("link", "set", "a0", "name", "b0");
        Await.until("the name has changed", () -> told.last().name().equals("b0"));
        assertThat(told.last().index()).isEqualTo(index);
        ip("link", "set", "b0", "mtu", "1400");
        Await.until("the MTU has changed", () -> told.last().mtu() == 1400);
        ip("link", "del", "b0");
        Await.open(told.gone);
    }

    @Test
    void shouldTakeAMoveToAnotherNamespaceForTheEnd() throws Exception {
        final Told told = new Told();
        interfaces.watch(a0(), told);
        try (NetNamespace other = NetNamespace.create()) {
            ip("link", "set", "a0", "netns", other.name());
            Await.open(told.gone);
        }
    }

    @Test
    void shouldTellAtOnceOfAnEndBeforeTheWatch() throws Exception {
        final NetInterface a0 = a0();
        ip("link", "del", "a0");
        final Told told = new Told();
        interfaces.watch(a0, told);
        assertThat(told.gone.getCount()).isZero();
    }

    @Test
    void shouldNotTellWhenTheLeaseIsClosed() throws Exception {
        final Told told = new Told();
        final Told other = new Told();
        interfaces.watch(a0(), told).close();
        interfaces.watch(a0(), other);
        ip("link", "del", "a0");
        Await.open(other.gone);
        assertThat(told.gone.getCount()).isOne();
    }

    @Test
    void shouldReportEachDeviceWhoseInterfaceReturns() throws Exception {
        final List<String> plugged = new CopyOnWriteArrayList<>();
        try (LostInterfaces lost = new LostInterfaces(interfaces, plugged::add)) {
            lost.await("net_x0", "a0");
            assertThat(plugged).as("an interface that is there").containsExactly("net_x0");
            lost.await("net_x1", "b0");
            lost.await("net_x2", "c0");
            lost.found("net_x2");
            ip("link", "add", "c0", "type", "veth", "peer", "name", "c1");
            ip("link", "set", "a1", "name", "b0");
            Await.until("b0 is found", () -> plugged.contains("net_x1"));
            assertThat(plugged).containsExactly("net_x0", "net_x1");
        }
    }

    @Test
    void shouldFindOutWhatItMissed(@TempDir Path folder) throws Exception {
        final Told told = new Told();
        final Told other = new Told();
        interfaces.watch(a0(), told);
        interfaces.watch(interfaces.find("lo").orElseThrow(), other);
        final CountDownLatch busy = new CountDownLatch(1);
        interrupts.execute(() -> Await.open(busy));

        final StringBuilder batch = new StringBuilder();
        for (int i = 0; i < 2000; i++) {
            batch.append("link set lo mtu ").append(1000 + i).append('\n');
        }
        final Path file = Files.writeString(folder.resolve("batch"), batch.append("link del a0\n"));
        ip("-batch", file.toString());
        final CountDownLatch appeared = new CountDownLatch(1);
        interfaces.onAppearance("b0", appeared::countDown);
        ip("link", "add", "b0", "type", "veth", "peer", "name", "b1");
        busy.countDown();

        Await.open("the end of a0", told.gone);
        Await.open("the appearance of b0", appeared);
        Await.until("the MTU of lo", () -> other.last().mtu() == 2999);
        assertThat(other.changes).as("notices that were not lost").hasSizeLessThan(2000);
    }

    @Test
    void shouldSubscribeToWhatAFilterReceives() throws Exception {
        final RxFilter none = RxFilter.of(a0().mac().orElseThrow());
        final MacAddress group = new MacAddress(0x01005e010203L);
        try (Memberships memberships = namespace.call(
                () -> new Memberships(TestOs.linux(), TestOs.sockets(), a0()))) {
            memberships.apply(none.withPromiscuous(true).withGroups(Set.of(group)));
            assertThat(namespace.run("ip", "-d", "link", "show", "a0"))
                    .contains("promiscuity 1");
            assertThat(namespace.run("ip", "maddress", "show", "dev", "a0"))
                    .contains("01:00:5e:01:02:03");
            memberships.apply(none.withAllMulticast(true));
            assertThat(namespace.run("ip", "-d", "link", "show", "a0"))
                    .contains("promiscuity 0", "allmulti 1");
            assertThat(namespace.run("ip", "maddress", "show", "dev", "a0"))
                    .doesNotContain("01:00:5e:01:02:03");
        }
        assertThat(namespace.run("ip", "-d", "link", "show", "a0")).contains("allmulti 0");
    }
}
