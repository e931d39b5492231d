// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.PacketBytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** What the device and its interface have to do with each other. */
@Timeout(300)
@EnabledIf("io.hotbus.net.af_xdp.Rig#isRoot")
class XdpInterfaceTest {
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
    void shouldPassFramesToTheKernelWhileItIsStopped() throws Exception {
        rig.dev.stop();
        assertThat(rig.rx.burst(rig.pool.mempools().uncached(), new long[1], 1)).isZero();
        rig.namespace.call(() -> {
            try (PacketSocket stack = new PacketSocket(rig.index("xdp0"))) {
                rig.peer.send(Rig.frame(60, 1));
                byte[] frame = stack.receive();
                while (!Rig.isOurs(frame)) {
                    frame = stack.receive();
                }
                assertArrayEquals(Rig.frame(60, 1), frame);
            }
            rig.dev.start();
            return null;
        });
        rig.peer.send(Rig.frame(60, 2));
        assertArrayEquals(Rig.frame(60, 2), rig.receive());
    }

    @Test
    void shouldTellWhatTheInterfaceIs() throws Exception {
        assertThat(rig.dev.info().mtu()).isEqualTo(Rig.MTU);
        assertThat(rig.dev.info().macAddress().toString())
                .isEqualToIgnoringCase(
                        rig.namespace.run("cat", "/sys/class/net/xdp0/address").strip());
        Await.until("the link is up", () -> rig.dev.link().up());
    }

    @Test
    void shouldStartAtOnceAfterAStop() throws Exception {
        rig.namespace.call(() -> {
            for (int i = 0; i < 20; i++) {
                rig.dev.stop();
                rig.dev.start();
            }
            return null;
        });
        rig.peer.send(Rig.frame(60, 1));
        assertArrayEquals(Rig.frame(60, 1), rig.receive());
    }

    @Test
    void shouldFollowAnMtuThatAnotherProgramSets() throws Exception {
        rig.namespace.run("ip", "link", "set", "xdp0", "mtu", "1000");
        rig.dev.netif().changed(rig.interfaces.find("xdp0").orElseThrow());
        long[] two = {PacketBytes.packet(rig.pool, Rig.frame(1019, 1)),
                PacketBytes.packet(rig.pool, Rig.frame(1018, 2))};

        assertThat(rig.tx.burst(rig.pool.mempools().uncached(), two, 2)).isEqualTo(2);

        assertArrayEquals(Rig.frame(1018, 2), rig.receiveAtPeer());
        assertThat(rig.dev.stats().txErrors()).isOne();
        rig.namespace.call(() -> {
            rig.dev.stop();
            rig.dev.start();
            return null;
        });
        assertThat(rig.namespace.run("ip", "link", "show", "xdp0")).contains("mtu 1000");
    }

    @Test
    void shouldSetTheMtuOfTheInterface() throws Exception {
        rig.namespace.call(() -> {
            rig.dev.stop();
            rig.dev.setMtu(2000);
            rig.dev.start();
            return null;
        });

        assertThat(rig.namespace.run("ip", "link", "show", "xdp0")).contains("mtu 2000");
    }

    @Test
    void shouldRefuseAnInterfaceThatHasAProgram() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.namespace.call(() -> rig.dev("net_af_xdp1,iface=xdp0")))
                .withMessage("net_af_xdp1: bpf(program on net_af_xdp1 on xdp0): EBUSY (Device or "
                        + "resource busy); the interface has an XDP program already (ip link): "
                        + "remove it");
    }

    @Test
    void shouldRefuseAnInterfaceThatIsNotThere() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.namespace.call(() -> rig.dev("net_af_xdp1,iface=nowhere")))
                .withMessage("net_af_xdp1: there is no network interface nowhere (ip link)");
    }

    @Test
    void shouldRefuseAnInterfaceWithoutEthernetFrames() throws Exception {
        rig.namespace.run("ip", "tuntap", "add", "t0", "mode", "tun");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.namespace.call(() -> rig.dev("net_af_xdp1,iface=t0")))
                .withMessage("net_af_xdp1: the frames of t0 are not Ethernet frames");
    }

    @Test
    void shouldSayWhichQueueItCannotStart() throws Exception {
        rig.dev.close();
        XdpDev second = rig.namespace.call(() -> rig.dev("net_af_xdp1,iface=xdp0,start_queue=5"));
        second.setupRxQueue(0, 64, rig.pool);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> rig.namespace.call(() -> {
                    second.start();
                    return null;
                }))
                .withMessage("net_af_xdp1: queue 5 of interface xdp0 cannot be started: bind("
                        + "net_af_xdp1 queue 0): EINVAL (Invalid argument)");
        second.close();
    }

    @Test
    void shouldRemoveTheProgramWhenItIsClosed() throws Exception {
        assertThat(rig.namespace.run("ip", "link", "show", "xdp0")).contains("xdp");
        rig.dev.close();
        assertThat(rig.namespace.run("ip", "link", "show", "xdp0")).doesNotContain("prog/xdp");
    }
}
