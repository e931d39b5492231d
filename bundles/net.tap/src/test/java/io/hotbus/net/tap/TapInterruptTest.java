// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.SleepyLcore;
import io.hotbus.testkit.TestOs;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Threads that sleep until there is a packet. */
@EnabledIf("io.hotbus.net.tap.Rig#isRoot")
final class TapInterruptTest {
    private static final int ROUNDS = 1000;

    private Rig rig;
    private Port port;
    private SleepyLcore lcore;
    private int socket = -1;

    @BeforeEach
    void open() throws Exception {
        rig = new Rig();
        port = rig.start("net_tap0", 1);
        socket = rig.open("dtap0");
        lcore = new SleepyLcore(port, rig.pool.mempools().uncached());
    }

    @AfterEach
    void close() throws Exception {
        lcore.close();
        TestOs.linux().close(socket);
        rig.close();
    }

    private void send() throws Exception {
        TestOs.sockets().send("test", socket, ByteBuffer.wrap(Rig.frame(60)), 0);
    }

    @Test
    void shouldSleepUntilThereIsAPacket() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        assertThat(lcore.cpuTimeAsleep()).isLessThan(Duration.ofMillis(100));
        assertThat(lcore.sleeps()).as("no packet, no wake").isEqualTo(sleeps);

        send();
        lcore.awaitReceived(1);
        lcore.awaitSleep();
    }

    @Test
    void shouldMissNoPacketBetweenTheLastLookAndTheSleep() throws Exception {
        for (int i = 1; i <= ROUNDS; i++) {
            send();
            lcore.awaitReceived(i);
        }
        assertThat(lcore.received()).isEqualTo(ROUNDS);
    }

    @Test
    void shouldSleepWhileTheInterfaceIsDown() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        rig.namespace.run("ip", "link", "set", "dtap0", "down");
        Await.until("the link is down", () -> !port.link().up());
        assertThat(lcore.cpuTimeAsleep()).isLessThan(Duration.ofMillis(100));
        assertThat(lcore.sleeps()).isEqualTo(sleeps);
    }

    @Test
    void shouldWakeWhenThePortIsStoppedAndStarted() throws Exception {
        lcore.awaitSleep();
        int sleeps = lcore.sleeps();
        port.stop();
        lcore.awaitSleepAfter(sleeps);
        sleeps = lcore.sleeps();
        port.start();
        lcore.awaitSleepAfter(sleeps);
        // The old socket tells first that the interface was down.
        TestOs.linux().close(socket);
        socket = rig.open("dtap0");
        send();
        lcore.awaitReceived(1);
    }

    @Test
    void shouldWakeWhenTheInterfaceGoes() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        rig.namespace.run("ip", "link", "del", "dtap0");
        assertThat(rig.removals.await()).isEqualTo(RemovalCause.INTERFACE_GONE);
        lcore.awaitSleepAfter(sleeps);
        assertThat(port.isRemoved()).isTrue();
        rig.detach(port);
        assertThat(rig.awaitReturn()).isEqualTo("net_tap0");
    }
}
