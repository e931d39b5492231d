// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimArgsTest {
    private static SimArgs parse(String devargs) throws DeviceException {
        return SimArgs.parse(Devargs.parse(devargs));
    }

    @Test
    void shouldHaveDefaults() throws DeviceException {
        assertThat(parse("net_sim4")).isEqualTo(
                new SimArgs(1, 0x02_00_00_00_00_05L, Optional.empty(), false, true, 100));
    }

    @Test
    void shouldTakeAllArguments() throws DeviceException {
        assertThat(parse("net_sim0,queues=4,mac=02:11:22:33:44:ff,peer=net_sim1,flow_control=0,"
                + "uevent_ms=10000")).isEqualTo(new SimArgs(
                        4, 0x02_11_22_33_44_ffL, Optional.of("net_sim1"), false, false, 10_000));
        assertThat(parse("net_sim0,loopback=1").loopback()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "net_sim0,speed=10       | net_sim0: unknown devarg 'speed'",
        "net_sim0,queues=0       | net_sim0: queues=0: a number from 1 to 4",
        "net_sim0,queues=5       | net_sim0: queues=5: a number from 1 to 4",
        "net_sim0,loopback=yes   | net_sim0: loopback=yes: a number from 0 to 1",
        "net_sim0,uevent_ms=-1   | net_sim0: uevent_ms=-1: a number from 0 to 10000",
        "net_sim0,mac=1          | net_sim0: mac=1: a unicast address",
        "net_sim0,mac=01:00:00:00:00:01 | net_sim0: mac=01:00:00:00:00:01: a unicast address",
        "net_sim0,mac=00:00:00:00:00:00 | net_sim0: mac=00:00:00:00:00:00: a unicast address",
        "net_sim0,peer=net_sim0  | net_sim0: peer=net_sim0 is itself: use loopback=1",
        "net_sim0,peer=eth0      | net_sim0: peer=eth0 is not a NIC of this driver",
        "net_sim0,peer=          | net_sim0: peer= is not a NIC of this driver",
        "net_sim0,peer=net_sim1,loopback=1 | net_sim0: peer= and loopback=1 exclude each other",
    })
    void shouldSayWhatIsWrong(String devargs, String message) {
        assertThatThrownBy(() -> parse(devargs))
                .isInstanceOf(DeviceException.class).hasMessageStartingWith(message);
    }
}
