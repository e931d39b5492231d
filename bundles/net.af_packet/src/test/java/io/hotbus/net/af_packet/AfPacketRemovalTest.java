// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.Resources;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Interfaces that go, change and return under a port in use. */
@EnabledIf("io.hotbus.net.af_packet.Rig#isRoot")
final class AfPacketRemovalTest {
    private static final String A0 = "net_af_packet0,iface=a0";
    private static final int TIMES = Integer.getInteger("hotbus.test.removals", 20);

    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void shouldBeRemovedAndAttachedAgainManyTimes() throws Exception {
        long before = 0;
        for (int i = 0; i <= TIMES; i++) {
            final Port a0 = rig.start(A0);
            final Port a1 = rig.start("net_af_packet1,iface=a1");
            rig.send(a0, Rig.frame(100));
            assertThat(rig.await(a1)).isEqualTo(Rig.frame(100));
            final RxQueue receive = a0.rxQueue(0);
            final TxQueue send = a0.txQueue(0);

            rig.namespace.run("ip", "link", "del", "a0");
            assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
            assertThat(rig.removals.await()).as("of the peer")
                    .isEqualTo(RemovalCause.INTERFACE_GONE);
            assertThat(a0.isRemoved() && a1.isRemoved()).isTrue();
            assertIdle(receive, send);
            assertThat(a0.stats()).isEqualTo(new EthStats(0, 0, 0, 0, 0, 1, 100, 1));
            rig.detach(a0);
            rig.detach(a1);
            assertThat(rig.missing()).as("buffers").isZero();
            assertThat(rig.plugged).isEmpty();
            rig.addPair();
            assertThat(rig.awaitReturn() + rig.awaitReturn())
                    .contains("net_af_packet0", "net_af_packet1");
            if (i == 0) {
                before = Resources.of("socket:");
            }
        }
        final long expected = before;
        Await.until("as many descriptors and mappings as before",
                () -> Resources.of("socket:") == expected);
    }

    /** Bursts on queues that a thread has fetched before the removal move nothing. */
    private void assertIdle(RxQueue receive, TxQueue send) {
        final long[] mbufs = new long[32];
        assertThat(receive.burst(rig.pool.mempools().uncached(), mbufs, 32)).isZero();
        for (int i = 0; i < 2; i++) {
            mbufs[0] = PacketBytes.packet(rig.pool, Rig.frame(64));
            final int taken = send.burst(rig.pool.mempools().uncached(), mbufs, 1);
            rig.pool.mempools().uncached().free(mbufs, taken, 1 - taken);
            assertThat(taken).as("the first burst finds out").isEqualTo(1 - i);
        }
    }

    @Test
    void shouldTakeAMoveToAnotherNamespaceForARemoval() throws Exception {
        final Port a0 = rig.start(A0);
        try (NetNamespace other = NetNamespace.create()) {
            rig.namespace.run("ip", "link", "set", "a0", "netns", other.name());
            assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
            rig.detach(a0);
            assertThat(rig.plugged).isEmpty();
            other.run("ip", "-n", other.name(), "link", "set", "a0", "netns",
                    rig.namespace.name());
            assertThat(rig.awaitReturn()).isEqualTo("net_af_packet0");
        }
        rig.start(A0);
    }

    @Test
    void shouldReturnAtOnceIfTheInterfaceIsThereAgain() throws Exception {
        final Port a0 = rig.start(A0);
        rig.namespace.run("ip", "link", "del", "a0");
        rig.removals.await();
        rig.addPair();
        rig.detach(a0);
        assertThat(rig.awaitReturn()).isEqualTo("net_af_packet0");
    }

    /** As when the bundle of the driver is updated while the interface is away. */
    @Test
    void shouldAwaitTheInterfaceOfADeviceThatAnotherDriverHasLost() throws Exception {
        rig.namespace.run("ip", "link", "del", "a0");
        rig.driver.awaitReturn(Devargs.parse(A0));
        assertThat(rig.plugged).isEmpty();
        rig.addPair();
        assertThat(rig.awaitReturn()).isEqualTo("net_af_packet0");
        rig.start(A0);
    }

    /** The kernel makes a ring in milliseconds; the interface comes up before, in or after. */
    @Test
    void shouldReceiveIfTheInterfaceComesUpWhileThePortIsStarted() throws Exception {
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        for (int i = 0; i < TIMES; i++) {
            rig.namespace.run("ip", "link", "set", "a0", "down");
            final long delayMillis = i;
            final Thread operator = new Thread(() -> {
                try {
                    Thread.sleep(delayMillis);
                    rig.namespace.run("ip", "link", "set", "a0", "up");
                } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            operator.start();
            final Port a0 = rig.start(A0);
            operator.join();
            Await.reached(() -> a1.link().up());
            rig.send(a1, Rig.frame(100));
            assertThat(rig.await(a0)).as("up after %s ms", delayMillis)
                    .isEqualTo(Rig.frame(100));
            rig.detach(a0);
        }
    }

    @Test
    void shouldGoOnWhenTheInterfaceIsRenamed() throws Exception {
        final Port a0 = rig.start(A0);
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        rig.namespace.run("ip", "link", "set", "a0", "name", "b0");
        rig.send(a0, Rig.frame(99));
        assertThat(rig.await(a1)).isEqualTo(Rig.frame(99));
        a0.stop();
        rig.namespace.call(() -> {
            a0.start();
            return null;
        });
        rig.send(a1, Rig.frame(98));
        assertThat(rig.await(a0)).isEqualTo(Rig.frame(98));
        assertThat(rig.removals.causes()).isEmpty();
        rig.namespace.run("ip", "link", "del", "b0");
        rig.removals.await();
    }

    @Test
    void shouldOnlyLoseItsLinkWhenTheInterfaceIsDown() throws Exception {
        final Port a0 = rig.start(A0);
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        Await.until("the link is up", () -> a0.link().up());
        assertThat(a0.link().speedMbps()).isEqualTo(10_000);
        rig.ports.linkChanges().clear();
        rig.namespace.run("ip", "link", "set", "a1", "down");
        Await.until("both have lost the link", () -> !a0.link().up() && !a1.link().up());
        Await.until("both ports were told", () -> rig.ports.linkChanges().size() == 2);
        rig.namespace.run("ip", "link", "set", "a1", "up");
        Await.until("the link is up again", () -> a0.link().up() && a1.link().up());
        rig.send(a1, Rig.frame(97));
        assertThat(rig.await(a0)).isEqualTo(Rig.frame(97));
        assertThat(rig.removals.causes()).isEmpty();
    }

    /** As a port above does that lets go of this one. */
    @Test
    void shouldGiveBackWhatAnInterfaceThatIsDownHasNotSent() throws Exception {
        final Port a0 = rig.start(A0);
        Await.until("the link is up", () -> a0.link().up());
        rig.namespace.run("ip", "link", "set", "a0", "down");
        for (int i = 0; i < 3; i++) {
            rig.send(a0, Rig.frame(100 + i));
        }
        a0.stop();
        final MempoolCaches caches = rig.pool.mempools().uncached();
        final long[] mbufs = new long[32];
        assertThat(a0.takeBack(0, caches, mbufs, 32)).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            assertThat(PacketBytes.of(mbufs[i])).isEqualTo(Rig.frame(100 + i));
        }
        caches.free(mbufs, 0, 3);
        assertThat(a0.takeBack(0, caches, mbufs, 32)).as("once").isZero();
    }

    @Test
    void shouldSetTheMtuOfTheInterface() throws Exception {
        final Port a0 = rig.start(A0);
        a0.stop();
        a0.setMtu(9000);
        rig.namespace.call(() -> {
            a0.start();
            return null;
        });
        assertThat(rig.namespace.run("ip", "link", "show", "a0")).contains("mtu 9000");
    }

    @Test
    void shouldSayWhatIsWrongWithTheInterface() throws Exception {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_af_packet0,iface=nosuch"))
                .withMessage("net_af_packet0: there is no network interface nosuch (ip link)");
        rig.namespace.run("ip", "tuntap", "add", "t0", "mode", "tun");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.attach("net_af_packet0,iface=t0"))
                .withMessageContaining("the frames of t0 are not Ethernet frames");
        assertThat(rig.attach("net_af_packet0,iface=lo").mtu()).isEqualTo(65535);
    }
}
