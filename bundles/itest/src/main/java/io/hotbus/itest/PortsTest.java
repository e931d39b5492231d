// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.app.OpenPort;
import io.hotbus.app.PortGroup;
import io.hotbus.app.Ports;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.ethdev.Port;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the ports that an application opens while their devices come and go. */
class PortsTest {
    private Application test;
    private PortGroup group;

    @BeforeEach
    void start() throws Exception {
        test = new Application();
        group = test.service(Ports.class).begin();
    }

    @AfterEach
    void stop() throws Exception {
        group.close();
        test.close();
    }

    private OpenPort open(String devargs) throws DeviceException {
        return group.open(Devargs.parse(devargs));
    }

    @Test
    void shouldDropWhatIsSentWhileTheDeviceIsAway() throws Exception {
        OpenPort port = open("net_sim0,uevent_ms=1");
        RemovalInjector injector = test.service(RemovalInjector.class);
        Mempool pool = test.pool();
        long[] mbufs = new long[32];

        injector.yank("net_sim0");
        Waiting.until("net_sim0 is not let go of", () -> port.port().isEmpty()
                && test.service(DeviceManager.class).find("net_sim0").isEmpty());
        int count = pool.get(mbufs, 0, mbufs.length);
        int sent = port.send(pool.mempools().uncached(), mbufs, count);

        assertThat(count).isPositive();
        assertThat(sent).isZero();
        assertThat(port.receive(pool.mempools().uncached(), mbufs)).isZero();
        assertThat(pool.available()).isEqualTo(pool.capacity());

        injector.plug("net_sim0");
        Waiting.until("net_sim0 is not opened again", () -> port.port().isPresent());
    }

    @Test
    void shouldSetThePortUpAgainWhenItsDriverWasReplaced() throws Exception {
        OpenPort port = open("net_null0");
        Port before = port.port().orElseThrow();

        Bundles.update(Bundles.named("net.null"));

        Waiting.until("net_null0 is not set up again",
                () -> port.port().filter(now -> now != before).isPresent());
    }

    @Test
    void shouldUndoAnOpenThatFails() throws Exception {
        OpenPort first = open("net_null0");

        assertThatThrownBy(() -> open("net_null0")).isInstanceOf(DeviceException.class)
                .hasMessageContaining("attached already");
        assertThatThrownBy(() -> open("net_nosuch0")).isInstanceOf(DeviceException.class);

        assertThat(first.port()).isPresent();
        assertThat(test.service(DeviceManager.class).devices()).hasSize(1);
    }

    @Test
    void shouldEndWithTheFailureOfTheTask() throws Exception {
        open("net_null0");

        assertThatThrownBy(() -> group.run(caches -> {
            throw new StackOverflowError("a task may throw anything");
        })).isInstanceOf(DeviceException.class).hasMessageContaining("may throw anything");
    }

    @Test
    void shouldLetGoOfEverythingWhenItIsClosed() throws Exception {
        OpenPort port = open("net_null0");
        AtomicReference<Throwable> ended = new AtomicReference<>();
        long[] mbufs = new long[32];
        Thread runner = new Thread(() -> {
            try {
                group.run(caches -> port.send(caches, mbufs, port.receive(caches, mbufs)) != 0);
            } catch (DeviceException | InterruptedException e) {
                ended.set(e);
            }
        });
        runner.start();
        Waiting.until("nothing is forwarded",
                () -> port.port().orElseThrow().stats().txPackets() > 10_000);
        runner.interrupt();
        runner.join();
        group.close();

        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        assertThat(test.service(DeviceManager.class).devices()).isEmpty();
        assertThat(test.service(Mempools.class).pools()).extracting(Mempool::name)
                .doesNotContain("app");
    }

    @Test
    void shouldLetAnIdleLcoreSleepUntilAPacketArrives() throws Exception {
        OpenPort port = open("net_sim0,peer=net_sim1,uevent_ms=1");
        Port peer = test.start("net_sim1");
        long[] mbufs = new long[32];
        group.sleepWhenIdle();
        Thread runner = new Thread(() -> {
            try {
                group.run(caches -> port.send(caches, mbufs, port.receive(caches, mbufs)) != 0);
            } catch (DeviceException | InterruptedException e) {
                // the test is over
            }
        });
        runner.start();
        for (int i = 0; i < 20; i++) {
            Waiting.until("the lcore does not sleep", PortsTest::lcoreSleeps);
            exchange(peer);
        }
        Waiting.until("the lcore does not sleep", PortsTest::lcoreSleeps);
        RemovalInjector injector = test.service(RemovalInjector.class);
        injector.yank("net_sim0");
        Waiting.until("net_sim0 is not let go of", () -> port.port().isEmpty());
        Waiting.until("net_sim0 is still attached",
                () -> test.service(DeviceManager.class).find("net_sim0").isEmpty());
        injector.plug("net_sim0");
        Waiting.until("net_sim0 is not opened again", () -> port.port().isPresent());
        Waiting.until("there is no link", () -> peer.link().up());
        exchange(peer);
        runner.interrupt();
        runner.join();
        test.giveUp(peer);
    }

    private static boolean lcoreSleeps() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> e.getKey().getName().startsWith("lcore-"))
                .anyMatch(e -> e.getKey().getState() == Thread.State.WAITING
                        && e.getValue().length > 0);
    }

    /** Sends a packet and receives what the application makes of it. */
    private void exchange(Port peer) {
        long[] packet = new long[1];
        assertThat(test.pool().get(packet, 0, 1)).isEqualTo(1);
        Mbuf.setLength(packet[0], 64);
        assertThat(peer.txQueue(0).burst(test.pool().mempools().uncached(), packet, 1))
                .isEqualTo(1);
        Waiting.until("the packet does not come back", () -> peer.rxQueue(0).burst(
                test.pool().mempools().uncached(), packet, 1) == 1);
        test.pool().put(packet, 0, 1);
    }
}
