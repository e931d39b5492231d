// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.netif.packet.RingLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AfPacketArgsTest {
    private static AfPacketArgs parse(String devargs) throws DeviceException {
        return AfPacketArgs.parse(Devargs.parse("net_af_packet0," + devargs));
    }

    @Test
    void shouldReadDevargs() throws Exception {
        assertThat(parse("iface=eth0"))
                .isEqualTo(new AfPacketArgs("eth0", 1, 0, 0, 512, true, 0));
        assertThat(parse("iface=eth0,qpairs=4,blocksz=4096,framesz=2048,framecnt=1024,"
                + "qdisc_bypass=0,fanout_mode=cpu"))
                .isEqualTo(new AfPacketArgs("eth0", 4, 4096, 2048, 1024, false, 2));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "qpairs=1                      | iface=: the name of a network interface is needed",
            "iface=                        | iface=: the name of a network interface is needed",
            "iface=abcdefghijklmnop        | iface=abcdefghijklmnop: the name of a network",
            "iface=eth0,qpairs=0           | qpairs=0: a number from 1 to 64 is needed",
            "iface=eth0,blocksz=5000       | blocksz=5000: a multiple of 4096 is needed",
            "iface=eth0,framesz=2047       | framesz=2047: a multiple of 16 is needed",
            "iface=eth0,framecnt=x         | framecnt=x: a number from 2 to 1048576 is needed",
            "iface=eth0,fanout_mode=random | fanout_mode=random: one of hash, lb, cpu",
            "iface=eth0,speed=1            | unknown devarg 'speed' (known: blocksz, fanout_mode"})
    void shouldSayWhatIsWrong(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(devargs))
                .withMessageContaining(message);
    }

    @Test
    void shouldLayOutRingsAsTheMtuNeeds() throws Exception {
        final AfPacketArgs usual = parse("iface=eth0");
        assertThat(usual.receiving(1500)).isEqualTo(new RingLayout(65536, 16, 2048));
        assertThat(usual.sending(1500)).isEqualTo(new RingLayout(65536, 16, 2048));
        assertThat(usual.sending(9000)).isEqualTo(new RingLayout(65536, 128, 16384));
        assertThat(usual.receiving(65535)).isEqualTo(new RingLayout(131072, 8, 2048));
        assertThat(usual.sending(65535)).isEqualTo(new RingLayout(131072, 128, 131072));
        final AfPacketArgs dpdk = parse("iface=eth0,blocksz=4096,framesz=2048,framecnt=512");
        assertThat(dpdk.receiving(1500)).isEqualTo(new RingLayout(4096, 256, 2048));
        assertThat(dpdk.sending(1500)).isEqualTo(new RingLayout(4096, 256, 2048));
    }
}
