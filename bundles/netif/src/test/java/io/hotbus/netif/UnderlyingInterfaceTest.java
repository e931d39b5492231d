// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.os.Sockets;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.NetNamespace;
import io.hotbus.testkit.RealInterrupts;
import io.hotbus.testkit.TestOs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIf;

/** An end of a veth pair, in a network namespace of its own. */
@Timeout(300)
@EnabledIf("io.hotbus.netif.NetInterfacesTest#isRoot")
final class UnderlyingInterfaceTest {
    private static final MacAddress MAC = new MacAddress(0x020000000001L);

    private RealInterrupts interrupts;
    private NetNamespace namespace;
    private NetInterfaces interfaces;
    private UnderlyingInterface a0;
    private volatile Callback meanwhile;

    @FunctionalInterface
    private interface Callback {
        void run() throws Exception;
    }

    @BeforeEach
    void open() throws Exception {
        interrupts = new RealInterrupts();
        namespace = NetNamespace.create();
        namespace.run("ip", "link", "add", "a0", "type", "veth", "peer", "name", "a1");
        final Sockets sockets = sockets();
        interfaces = namespace.call(
                () -> new NetInterfaces(TestOs.linux(), sockets, interrupts));
        a0 = UnderlyingInterface.find(interfaces, "net_x0", "a0");
    }

    @AfterEach
    void close() throws Exception {
        interfaces.close();
        assertThat(interrupts.open()).as("leases").isZero();
        interrupts.close();
        namespace.close();
    }

    private EthDevInfo describe(int maxMtu) {
        return a0.describe(new EthDevInfo("net_x", MAC, new QueueLimits(1, 1, 64)), maxMtu);
    }

    @Test
    void shouldNotForgetAChangeThatIsToldWhileItIsReadAgain() throws Exception {
        namespace.run("ip", "link", "set", "a1", "up");
        try (Lease lease = interfaces.watch(a0.now(), new InterfaceListener() {
            @Override
            public void changed(NetInterface now) {
                a0.changed(now);
            }

            @Override
            public void gone() {
                throw new AssertionError("it is there");
            }
        })) {
            meanwhile = () -> {
                namespace.run("ip", "link", "set", "a0", "up");
                Await.until("the change is told", () -> a0.link().up());
            };
            a0.refresh();
            assertThat(meanwhile).as("it was done").isNull();
            assertThat(a0.link().up()).isTrue();
        }
    }

    /** Sockets that do {@link #meanwhile} when this thread has just read, once. */
    private Sockets sockets() {
        final Thread reader = Thread.currentThread();
        final Sockets real = TestOs.sockets();
        return (Sockets) Proxy.newProxyInstance(Sockets.class.getClassLoader(),
                new Class<?>[] {Sockets.class}, (proxy, method, arguments) -> {
                    final Object result;
                    try {
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    final Callback now = meanwhile;
                    if (now != null && method.getName().equals("receive")
                            && Thread.currentThread() == reader) {
                        meanwhile = null;
                        now.run();
                    }
                    return result;
                });
    }

    private void setMtu(int bytes) throws Exception {
        namespace.run("ip", "link", "set", "a0", "mtu", "" + bytes);
        a0.refresh();
    }

    @Test
    void shouldSayWhichInterfaceIsMissingOrOfAnotherKind() throws Exception {
        namespace.run("ip", "tuntap", "add", "t0", "mode", "tun");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> UnderlyingInterface.find(interfaces, "net_x0", "nosuch"))
                .withMessage("net_x0: there is no network interface nosuch (ip link)");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> UnderlyingInterface.find(interfaces, "net_x0", "t0"))
                .withMessage("net_x0: the frames of t0 are not Ethernet frames");
        assertThat(UnderlyingInterface.find(interfaces, "net_x0", "lo").mac()).isEmpty();
        assertThat(a0.mac()).isPresent();
    }

    @Test
    void shouldLimitTheMtuByDriverAndInterface() throws Exception {
        assertThat(describe(9000).mtu()).isEqualTo(1500);
        assertThat(describe(9000).maxMtu()).isEqualTo(9000);
        assertThat(describe(100_000).maxMtu()).isEqualTo(65535);
        setMtu(9500);
        assertThat(describe(9000).mtu()).isEqualTo(9000);
        a0.applyMtu(9000);
        assertThat(a0.refresh().mtu()).as("not the device's own wish").isEqualTo(9500);
    }

    @Test
    void shouldLeaveAnMtuThatAnotherProgramHasSet() throws Exception {
        describe(9000);
        a0.applyMtu(2000);
        assertThat(a0.refresh().mtu()).isEqualTo(2000);
        setMtu(3000);
        assertThat(a0.mtu()).isEqualTo(3000);
        a0.applyMtu(2000);
        assertThat(a0.refresh().mtu()).isEqualTo(3000);
        a0.applyMtu(1500);
        assertThat(a0.refresh().mtu()).isEqualTo(1500);
    }

    @Test
    void shouldSetTheAddressIfItIsAnotherOne() throws Exception {
        final MacAddress own = a0.mac().orElseThrow();
        final RxFilter before = describe(9000).filter().initial(MAC);
        a0.applyAddress(before, before);
        assertThat(a0.refresh().mac()).contains(own);
        a0.applyAddress(before.withAddress(own), before);
        assertThat(a0.refresh().mac()).contains(MAC);
    }

    @Test
    void shouldTellTheLinkOfAnInterfaceThatIsUpOrGone() throws Exception {
        assertThat(a0.link()).isEqualTo(Link.DOWN);
        namespace.run("ip", "link", "set", "a1", "up");
        a0.setUp(true);
        a0.refresh();
        assertThat(a0.link()).isEqualTo(new Link(true, 10_000, true));
        a0.setUp(false);
        a0.refresh();
        assertThat(a0.link()).isEqualTo(Link.DOWN);
        namespace.run("ip", "link", "del", "a0");
        assertThatIOException().isThrownBy(a0::refresh)
                .withMessage("the network interface a0 is gone");
    }
}
