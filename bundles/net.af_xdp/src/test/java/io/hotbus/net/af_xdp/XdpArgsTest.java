// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class XdpArgsTest {
    private static XdpArgs parse(String devargs) throws DeviceException {
        return XdpArgs.parse(Devargs.parse("net_af_xdp0," + devargs));
    }

    @Test
    void shouldTakeTheDefaultsOfWhatIsNotGiven() throws Exception {
        assertThat(parse("iface=eth0")).isEqualTo(new XdpArgs("eth0", 0, 1, false, 0));
    }

    @Test
    void shouldReadDevargs() throws Exception {
        assertThat(parse("iface=abcdefghijklmno,start_queue=4,queue_count=8,force_copy=1,"
                + "busy_budget=64,shared_umem=0"))
                .isEqualTo(new XdpArgs("abcdefghijklmno", 4, 8, true, 64));
    }

    @Test
    void shouldReadTheLargestAndTheSmallestNumbers() throws Exception {
        assertThat(parse("iface=e,start_queue=65535,queue_count=64,busy_budget=65535"))
                .isEqualTo(new XdpArgs("e", 65535, 64, false, 65535));
        assertThat(parse("iface=e,start_queue=0,queue_count=1,busy_budget=0,force_copy=0"))
                .isEqualTo(new XdpArgs("e", 0, 1, false, 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "queue_count=1               | iface=: the name of a network interface is needed, 1 to",
            "iface=                      | iface=: the name of a network interface is needed, 1 to",
            "iface=abcdefghijklmnop      | iface=abcdefghijklmnop: the name of a network interface",
            "iface=a/b                   | iface=a/b: the name of a network interface is needed",
            "iface=e,start_queue=-1      | start_queue=-1: a number from 0 to 65535 is needed",
            "iface=e,start_queue=65536   | start_queue=65536: a number from 0 to 65535 is needed",
            "iface=e,queue_count=0       | queue_count=0: a number from 1 to 64 is needed",
            "iface=e,queue_count=65      | queue_count=65: a number from 1 to 64 is needed",
            "iface=e,queue_count=two     | queue_count=two: a number from 1 to 64 is needed",
            "iface=e,queue_count=        | queue_count=: a number from 1 to 64 is needed",
            "iface=e,force_copy=2        | force_copy=2: a number from 0 to 1 is needed",
            "iface=e,force_copy=yes      | force_copy=yes: a number from 0 to 1 is needed",
            "iface=e,busy_budget=65536   | busy_budget=65536: a number from 0 to 65535 is needed",
            "iface=e,shared_umem=2       | shared_umem=2: a number from 0 to 1 is needed",
            "iface=e,shared_umem=1       | shared_umem=1 is not supported: each queue has memory",
            "iface=e,xdp_prog=/p.o       | xdp_prog=/p.o is not supported: the driver loads",
            "iface=e,xdp_prog=           | xdp_prog= is not supported: the driver loads its own",
            "iface=e,queues=2            | unknown devarg 'queues' (known: busy_budget, force_"})
    void shouldSayWhichKeyAndValueIsWrong(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(devargs))
                .withMessageStartingWith("net_af_xdp0: ").withMessageContaining(message);
    }
}
