// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.SleepyLcore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Threads that sleep until there is a packet. */
@EnabledIf("io.hotbus.net.af_packet.Rig#isRoot")
final class AfPacketInterruptTest {
    private static final int ROUNDS = 500;

    private Rig rig;
    private Port a0;
    private SleepyLcore lcore;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
        a0 = rig.start("net_af_packet0,iface=a0");
        lcore = new SleepyLcore(a0, rig.pool.mempools().uncached());
    }

    @AfterEach
    void close() throws Exception {
        lcore.close();
        rig.close();
    }

    @Test
    void shouldSleepUntilThereIsAPacket() throws Exception {
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        assertThat(lcore.cpuTimeAsleep()).isLessThan(Duration.ofMillis(100));
        assertThat(lcore.sleeps()).as("no packet, no wake").isEqualTo(sleeps);

        rig.send(a1, Rig.frame(60));
        lcore.awaitReceived(1);
        lcore.awaitSleep();
    }

    @Test
    void shouldMissNoPacketBetweenTheLastLookAndTheSleep() throws Exception {
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        for (int i = 1; i <= ROUNDS; i++) {
            rig.send(a1, Rig.frame(60));
            lcore.awaitReceived(i);
        }
        assertThat(lcore.received()).isEqualTo(ROUNDS);
    }

    /** An interface that is down leaves an error in the socket, which then looks readable. */
    @Test
    void shouldSleepWhileTheInterfaceIsDown() throws Exception {
        final Port a1 = rig.start("net_af_packet1,iface=a1");
        lcore.awaitSleep();
        rig.namespace.run("ip", "link", "set", "a0", "down");
        Await.until("the link is down", () -> !a0.link().up());
        Await.until("the thread sleeps for good", () -> {
            final int sleeps = lcore.sleeps();
            return lcore.cpuTimeAsleep().compareTo(Duration.ofMillis(100)) < 0
                    && lcore.sleeps() == sleeps;
        });
        rig.namespace.run("ip", "link", "set", "a0", "up");
        Await.until("the link is up", () -> a0.link().up() && a1.link().up());
        rig.send(a1, Rig.frame(60));
        lcore.awaitReceived(1);
    }

    @Test
    void shouldWakeWhenThePortIsStoppedAndStarted() throws Exception {
        lcore.awaitSleep();
        int sleeps = lcore.sleeps();
        a0.stop();
        lcore.awaitSleepAfter(sleeps);
        sleeps = lcore.sleeps();
        rig.namespace.call(() -> {
            a0.start();
            return null;
        });
        lcore.awaitSleepAfter(sleeps);
        rig.send(rig.start("net_af_packet1,iface=a1"), Rig.frame(60));
        lcore.awaitReceived(1);
    }

    @Test
    void shouldWakeWhenTheInterfaceGoes() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        rig.namespace.run("ip", "link", "del", "a0");
        assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
        lcore.awaitSleepAfter(sleeps);
        assertThat(a0.isRemoved()).isTrue();
        rig.detach(a0);
        rig.addPair();
        assertThat(rig.awaitReturn()).isEqualTo("net_af_packet0");
    }
}
