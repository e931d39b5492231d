// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RecordingPortsTest {
    private final RecordingPorts ports = new RecordingPorts(new InlineControl());
    private final Device device =
            new Device("test", new Devargs(Optional.empty(), "test0", Map.of())) { };
    private final List<EthEvent.Kind> events = new ArrayList<>();
    private final List<String> released = new ArrayList<>();

    @Test
    void shouldBeTheRealRegistry() {
        ports.addListener(event -> events.add(event.kind()));
        ports.addUser(port -> released.add(port.name()));

        Port port = ports.add(device, new IdleDev());
        device.markRemoved();
        ports.onDeviceEvent(
                DeviceEvent.removed(device, RemovalCause.ALL_ONES, System.nanoTime()));
        ports.remove(port);

        assertThat(events).containsExactly(
                EthEvent.Kind.NEW, EthEvent.Kind.INTR_RMV, EthEvent.Kind.DESTROY);
        assertThat(released).containsExactly("test0");
        assertThat(ports.ports()).isEmpty();
    }

    @Test
    void shouldRecordWhatDriversReport() {
        Port port = ports.add(device, new IdleDev());
        ports.linkChanged(port);
        ports.linkChanged(port);
        ports.resetNeeded(port);

        assertThat(ports.linkChanges()).containsExactly("test0", "test0");
        assertThat(ports.resets()).containsExactly("test0");
        assertThat(ports.port("test0")).contains(port);
        assertThat(ports.port(port.id())).contains(port);
    }

    /** A device without traffic. */
    private static final class IdleDev implements EthDev {
        @Override
        public EthDevInfo info() {
            return new EthDevInfo("net_test", new MacAddress(1L << 41 | 1),
                    new QueueLimits(1, 64, 1024));
        }

        @Override
        public int maxRxBuffers(int descriptors) {
            return 0;
        }

        @Override
        public int maxTxBuffers(int descriptors) {
            return 0;
        }

        @Override
        public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) {
            return (caches, mbufs, count) -> 0;
        }

        @Override
        public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
            return (caches, mbufs, count) -> 0;
        }

        @Override
        public void start() {
        }

        @Override
        public void stop() {
        }

        @Override
        public void close() {
        }

        @Override
        public Link link() {
            return Link.DOWN;
        }

        @Override
        public EthStats stats() {
            return EthStats.ZERO;
        }

        @Override
        public void resetStats() {
        }
    }
}
