// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testkit.Resources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Interfaces that go, change and return under a port in use. */
@EnabledIf("io.hotbus.net.pcap.Rig#isRoot")
final class PcapLiveRemovalTest {
    private static final int TIMES = Integer.getInteger("hotbus.test.removals", 10);

    @TempDir
    private Path folder;
    private Rig rig;

    @BeforeEach
    void open() throws Exception {
        rig = Rig.live();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static <T> T next(BlockingQueue<T> told) throws Exception {
        return told.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static byte[] frame(int length) {
        return Captures.data(2, length);
    }

    @Test
    void shouldBeRemovedAndAttachedAgainManyTimes() throws Exception {
        long before = 0;
        for (int i = 0; i <= TIMES; i++) {
            final Port a0 = rig.start("net_pcap0,iface=a0");
            final Port a1 = rig.start("net_pcap1,rx_iface=a1,tx_iface=a1");
            rig.send(a0, 0, PacketBytes.packet(rig.pool, frame(100)));
            assertThat(rig.await(a1, 1)).containsExactly(frame(100));
            final RxQueue receive = a0.rxQueue(0);
            final TxQueue send = a0.txQueue(0);

            rig.namespace.run("ip", "link", "del", "a0");
            assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
            assertThat(rig.removals.await()).as("of the peer")
                    .isEqualTo(RemovalCause.INTERFACE_GONE);
            assertIdle(receive, send);
            rig.detach(a0);
            rig.detach(a1);
            assertThat(rig.plugged).isEmpty();
            rig.addPair();
            assertThat(next(rig.plugged) + next(rig.plugged)).contains("net_pcap0", "net_pcap1");
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
            mbufs[0] = PacketBytes.packet(rig.pool, frame(64));
            final int taken = send.burst(rig.pool.mempools().uncached(), mbufs, 1);
            rig.pool.mempools().uncached().free(mbufs, taken, 1 - taken);
            assertThat(taken).as("the first burst finds out").isEqualTo(1 - i);
        }
    }

    @Test
    void shouldTakeAMoveToAnotherNamespaceForARemovalAndSpareOtherPorts() throws Exception {
        rig.namespace.run("ip", "link", "add", "b0", "up", "type", "veth", "peer", "name", "b1");
        rig.namespace.run("ip", "link", "set", "b1", "up");
        final Port b0 = rig.start("net_pcap2,iface=b0");
        final Port b1 = rig.start("net_pcap3,iface=b1");
        final Port a0 = rig.start("net_pcap0,rx_iface_in=a0,tx_pcap=" + folder.resolve("out.pcap"));
        try (NetNamespace other = NetNamespace.create()) {
            rig.namespace.run("ip", "link", "set", "a0", "netns", other.name());
            assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
            rig.detach(a0);
            rig.send(b0, 0, PacketBytes.packet(rig.pool, frame(100)));
            assertThat(rig.await(b1, 1)).containsExactly(frame(100));
            assertThat(rig.plugged).isEmpty();
            other.run("ip", "-n", other.name(), "link", "set", "a0", "netns",
                    rig.namespace.name());
            assertThat(next(rig.plugged)).isEqualTo("net_pcap0");
        }
        assertThat(rig.removals.causes()).isEmpty();
    }

    @Test
    void shouldReturnWhenItsFileAndItsInterfaceAreThere() throws Exception {
        final Path out = folder.resolve("out.pcap");
        final String devargs = "net_pcap0,tx_mode=truncate,rx_iface=a0,tx_pcap=" + out;
        final Port port = rig.start(devargs);
        rig.send(port, 0, PacketBytes.packet(rig.pool, frame(100)));
        rig.namespace.run("ip", "link", "del", "a0");
        rig.removals.await();
        rig.detach(port);
        final long written = Files.size(out);
        rig.addPair();
        assertThat(next(rig.plugged)).isEqualTo("net_pcap0");
        final Port again = rig.start(devargs);
        assertThat(Files.size(out)).as("not truncated").isEqualTo(written);

        Files.delete(out);
        assertThat(next(rig.unplugged)).isEqualTo("net_pcap0");
        rig.namespace.run("ip", "link", "del", "a0");
        rig.detach(again);
        rig.log.clear();
        rig.addPair();
        assertThat(next(rig.plugged)).isEqualTo("net_pcap0");
        assertThat(rig.log).contains("net_pcap0: its files and interfaces are there again");
    }

    @Test
    void shouldGoOnWhenTheInterfaceIsRenamedOrDownForAWhile() throws Exception {
        final Port a0 = rig.start("net_pcap0,iface=a0");
        final Port a1 = rig.start("net_pcap1,iface=a1");
        Await.until("the link is up", () -> a0.link().up());
        rig.ports.linkChanges().clear();
        rig.namespace.run("ip", "link", "set", "a1", "down");
        Await.until("both have lost the link", () -> !a0.link().up() && !a1.link().up());
        Await.until("both ports were told", () -> rig.ports.linkChanges().size() == 2);
        rig.namespace.run("ip", "link", "set", "a1", "name", "b1", "up");
        Await.until("the link is up again", () -> a0.link().up() && a1.link().up());
        rig.send(a1, 0, PacketBytes.packet(rig.pool, frame(97)));
        assertThat(rig.await(a0, 1)).containsExactly(frame(97));
        a1.stop();
        rig.start(a1);
        rig.send(a0, 0, PacketBytes.packet(rig.pool, frame(98)));
        assertThat(rig.await(a1, 1)).containsExactly(frame(98));
        assertThat(rig.removals.causes()).isEmpty();
    }
}
