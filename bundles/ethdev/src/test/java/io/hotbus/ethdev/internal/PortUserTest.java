// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import io.hotbus.ethdev.PortUser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PortUserTest {
    private final TestControl control = new TestControl();
    private final EthPorts ports = new EthPorts(control, event -> { });
    private final TestDev dev = new TestDev();
    private final List<String> released = new ArrayList<>();
    private final PortUser user = port -> released.add(port.name() + " " + port.state());

    @AfterEach
    void close() {
        control.close();
    }

    @Test
    void shouldLetGoOfAPortBeforeItIsClosed() {
        ports.addUser(user);
        Port port = ports.add(new TestDevice("net_test0"), dev);

        ports.remove(port);

        assertThat(released).containsExactly("net_test0 STOPPED");
        assertThat(port.state()).isEqualTo(PortState.CLOSED);
    }

    @Test
    void shouldLetNobodyAtTheDriversQueuesFromThenOn() throws Exception {
        Port port = ports.add(new TestDevice("net_test0"), dev);
        Mempools mempools = new Mempools(new TestDma());
        try (Mempool pool = mempools.create("test", 16, 64)) {
            port.configure(new PortConfig(1, 64, 64, pool));
            port.start();
            long[] mbufs = new long[1];
            MempoolCaches caches = mempools.uncached();
            assertThat(port.rxQueue(0).burst(caches, mbufs, 1)).isEqualTo(1);
            ports.addUser(gone -> assertThat(gone.rxQueue(0).burst(caches, mbufs, 1)
                    + gone.txQueue(0).burst(caches, mbufs, 1)).isZero());
            ports.addUser(user);

            ports.remove(port);
        }

        assertThat(released).hasSize(1);
        assertThat(dev.bursts).hasValue(1);
        assertThat(dev.calls).contains("stop", "close");
    }

    @Test
    void shouldCloseAPortAllTheSameWhereAUserFails() {
        ports.addUser(port -> {
            throw new DeviceException("lcore-1 hangs");
        });
        ports.addUser(port -> {
            throw new IllegalStateException("a mistake");
        });
        ports.addUser(user);
        Port port = ports.add(new TestDevice("net_test0"), dev);

        ports.remove(port);

        assertThat(released).hasSize(1);
        assertThat(dev.calls).contains("close");
        assertThat(ports.ports()).isEmpty();
    }

    @Test
    void shouldNotAskAUserThatWentAway() {
        ports.addUser(user);
        ports.removeUser(user);

        ports.remove(ports.add(new TestDevice("net_test0"), dev));

        assertThat(released).isEmpty();
    }
}
