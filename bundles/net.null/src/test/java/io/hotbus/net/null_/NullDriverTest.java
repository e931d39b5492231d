// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.InlineControl;
import io.hotbus.testkit.RecordingPorts;
import org.junit.jupiter.api.Test;

final class NullDriverTest {
    private final RecordingPorts ports = new RecordingPorts(new InlineControl());
    private final NullDriver driver = new NullDriver(ports);

    @Test
    void shouldMakeAPortOfADevice() throws Exception {
        VdevDevice device = new VdevDevice(Devargs.parse("net_null0,size=128"));
        VdevDevice other = new VdevDevice(Devargs.parse("net_null1"));
        driver.probe(device);
        driver.probe(other);
        assertThat(ports.ports()).extracting(Port::name).containsExactly("net_null0", "net_null1");
        assertThat(ports.ports()).allMatch(port -> port.info().driver().equals("net_null"));
        Port kept = ports.ports().get(1);

        driver.remove(device);
        driver.remove(device);

        assertThat(ports.ports()).containsExactly(kept);
        assertThat(ports.linkChanges()).isEmpty();
        assertThat(ports.resets()).isEmpty();
    }

    @Test
    void shouldMakeNoPortOfWhatItDoesNotUnderstand() throws Exception {
        VdevDevice device = new VdevDevice(Devargs.parse("net_null0,sise=128"));

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> driver.probe(device))
                .withMessageContaining("sise");
        assertThat(ports.ports()).isEmpty();
        driver.remove(device);
    }
}
