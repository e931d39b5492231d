// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NullDriverTest {
    /** Keeps what drivers add. */
    private static final class Registry implements PortRegistry {
        final List<Port> ports = new ArrayList<>();
        final List<String> added = new ArrayList<>();

        @Override
        public List<Port> ports() {
            return ports;
        }

        @Override
        public Optional<Port> port(int id) {
            return Optional.empty();
        }

        @Override
        public Optional<Port> port(String name) {
            return Optional.empty();
        }

        @Override
        public Port add(Device device, EthDev dev) {
            added.add(device + " " + dev.info().driver());
            Port port = (Port) Proxy.newProxyInstance(getClass().getClassLoader(),
                    new Class<?>[] {Port.class}, (proxy, method, args) ->
                            method.getName().equals("equals") ? proxy == args[0] : null);
            ports.add(port);
            return port;
        }

        @Override
        public void remove(Port port) {
            ports.remove(port);
        }

        @Override
        public void linkChanged(Port port) {
            throw new AssertionError("a null device's link never changes by itself");
        }

        @Override
        public void resetNeeded(Port port) {
            throw new AssertionError("a null device has no state to lose");
        }
    }

    private final Registry registry = new Registry();
    private final NullDriver driver = new NullDriver(registry);

    @Test
    void shouldMakeAPortOfADevice() throws Exception {
        VdevDevice device = new VdevDevice(Devargs.parse("net_null0,size=128"));
        VdevDevice other = new VdevDevice(Devargs.parse("net_null1"));
        driver.probe(device);
        driver.probe(other);
        Port kept = registry.ports.get(1);
        driver.remove(device);
        driver.remove(device);

        assertThat(registry.added).containsExactly("net_null0 net_null", "net_null1 net_null");
        assertThat(registry.ports).hasSize(1);
        assertThat(registry.ports.get(0) == kept).isTrue();
    }

    @Test
    void shouldMakeNoPortOfWhatItDoesNotUnderstand() throws Exception {
        VdevDevice device = new VdevDevice(Devargs.parse("net_null0,sise=128"));

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> driver.probe(device))
                .withMessageContaining("sise");
        assertThat(registry.added).isEmpty();
        driver.remove(device);
    }
}
