// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.RealInterrupts;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.SleepyLcore;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Threads that sleep until there is a packet. The bus's part is played by the test. */
@EnabledIf("io.hotbus.net.af_xdp.Rig#isRoot")
final class XdpInterruptTest implements VdevBus {
    private static final int BUFFERS = 1024;
    private static final int ROUNDS = 1000;
    private static final byte[] FRAME = new byte[60];

    private final TestDma memory = new TestDma();
    private final TestPools pools = new TestPools(memory);
    private final RecordingPorts ports = new RecordingPorts(new InlineControl());
    private final BlockingQueue<RemovalCause> removed = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> plugged = new LinkedBlockingQueue<>();
    private RealInterrupts interrupts;
    private NetNamespace namespace;
    private NetInterfaces interfaces;
    private XdpDriver driver;
    private PacketSocket peer;
    private Mempool pool;
    private Port port;
    private SleepyLcore lcore;

    @BeforeEach
    void open() throws Exception {
        interrupts = new RealInterrupts();
        pool = pools.pool(BUFFERS);
        namespace = NetNamespace.create();
        namespace.run("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
        addPair();
        interfaces = namespace.call(
                () -> new NetInterfaces(TestOs.linux(), TestOs.sockets(), interrupts));
        driver = new XdpDriver(TestOs.linux(), TestOs.sockets(), TestOs.packets(), memory,
                interrupts, interfaces, ports, this::report, this);
        start("net_af_xdp0,iface=xdp0");
    }

    private void addPair() throws Exception {
        namespace.run("ip", "link", "add", "xdp0", "up", "type", "veth", "peer", "name", "peer0");
        namespace.run("ip", "link", "set", "peer0", "up");
    }

    private void start(String devargs) throws Exception {
        final VdevDevice device = new VdevDevice(Devargs.parse(devargs));
        namespace.call(() -> {
            driver.probe(device);
            port = ports.port(device.name()).orElseThrow();
            port.configure(new PortConfig(1, 64, 64, pool));
            port.start();
            peer = new PacketSocket(interfaces.find("peer0").orElseThrow().index());
            return null;
        });
        lcore = new SleepyLcore(port, pool.mempools().uncached());
    }

    private void end() throws Exception {
        lcore.close();
        driver.remove((VdevDevice) port.device());
        peer.close();
    }

    @AfterEach
    void close() throws Exception {
        end();
        driver.deactivate();
        interfaces.close();
        assertThat(interrupts.open()).as("leases").isZero();
        interrupts.close();
        namespace.close();
        assertThat(pool.available()).isEqualTo(BUFFERS);
        pools.close();
        assertThat(memory.open()).isZero();
    }

    private boolean report(Device device, RemovalCause cause) {
        final boolean first = device.markRemoved();
        if (first) {
            ports.onDeviceEvent(DeviceEvent.removed(device, cause, System.nanoTime()));
            removed.add(cause);
        }
        return first;
    }

    @Override
    public void plugged(String name) {
        plugged.add(name);
    }

    @Override
    public void unplugged(String name) {
        throw new AssertionError(name);
    }

    @Test
    void shouldSleepUntilThereIsAPacket() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        assertThat(lcore.cpuTimeAsleep()).isLessThan(Duration.ofMillis(100));
        assertThat(lcore.sleeps()).as("no packet, no wake").isEqualTo(sleeps);

        peer.send(FRAME);
        lcore.awaitReceived(1);
        lcore.awaitSleep();
    }

    @Test
    void shouldMissNoPacketBetweenTheLastLookAndTheSleep() throws Exception {
        for (int i = 1; i <= ROUNDS; i++) {
            peer.send(FRAME);
            lcore.awaitReceived(i);
        }
        assertThat(lcore.received()).isEqualTo(ROUNDS);
    }

    @Test
    void shouldWakeAPortThatPollsTheInterfaceBusily() throws Exception {
        end();
        start("net_af_xdp0,iface=xdp0,busy_budget=64");
        lcore.awaitSleep();
        peer.send(FRAME);
        lcore.awaitReceived(1);
    }

    @Test
    void shouldSleepWhileTheInterfaceIsDown() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        namespace.run("ip", "link", "set", "xdp0", "down");
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
        namespace.call(() -> {
            port.start();
            return null;
        });
        lcore.awaitSleepAfter(sleeps);
        peer.send(FRAME);
        lcore.awaitReceived(1);
    }

    @Test
    void shouldWakeWhenTheInterfaceGoes() throws Exception {
        lcore.awaitSleep();
        final int sleeps = lcore.sleeps();
        namespace.run("ip", "link", "del", "xdp0");
        assertThat(removed.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(RemovalCause.INTERFACE_GONE);
        lcore.awaitSleepAfter(sleeps);
        assertThat(port.isRemoved()).isTrue();
        end();
        addPair();
        assertThat(plugged.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo("net_af_xdp0");
        start("net_af_xdp0,iface=xdp0");
        peer.send(FRAME);
        lcore.awaitReceived(1);
    }
}
