// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.os.UnixSocketName;
import io.hotbus.pmd.virtio.VirtioFeature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VirtioUserArgsTest {
    private static VirtioUserArgs parse(String args) throws DeviceException {
        return VirtioUserArgs.parse(Devargs.parse("net_virtio_user7" + args));
    }

    @Test
    void shouldHaveTheDefaultsOfDpdk() throws DeviceException {
        assertThat(parse(",path=/run/x")).isEqualTo(new VirtioUserArgs(
                UnixSocketName.path("/run/x"), false, 1, 256, VirtioFeature.VERSION_1
                        | VirtioFeature.MRG_RXBUF | VirtioFeature.IN_ORDER,
                new MacAddress(0x02_00_00_55_00_07L)));
    }

    @Test
    void shouldTakeWhatIsGiven() throws DeviceException {
        assertThat(parse(",path=/run/x,server=1,queues=3,queue_size=1024,packed_vq=1,mrg_rxbuf=0,"
                + "in_order=0,mac=02:01:02:03:04:05")).isEqualTo(new VirtioUserArgs(
                UnixSocketName.path("/run/x"), true, 3, 1024,
                VirtioFeature.VERSION_1 | VirtioFeature.RING_PACKED,
                new MacAddress(0x02_01_02_03_04_05L)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                       | path=: the absolute path of a Unix socket is needed
            ,path=x                  | path=x: the absolute path of a Unix socket is needed
            ,path=/x,queue_size=96   | queue_size=96: a power of two is needed
            ,path=/x,queue_size=32   | queue_size=32: a number from 64 to 32768 is needed
            ,path=/x,queues=129      | queues=129: a number from 1 to 128 is needed
            ,path=/x,server=2        | server=2: a number from 0 to 1 is needed
            ,path=/x,mac=01:00:00:00:00:01 | mac=01:00:00:00:00:01: a unicast address is needed
            """)
    void shouldRefuseNonsense(String args, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(args))
                .withMessageStartingWith("net_virtio_user7: " + message);
    }
}
