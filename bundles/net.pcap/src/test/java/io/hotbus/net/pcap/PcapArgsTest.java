// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.net.pcap.Place.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PcapArgsTest {
    private static PcapArgs parse(String args) throws DeviceException {
        return PcapArgs.parse(Devargs.parse("net_pcap0," + args));
    }

    @Test
    void shouldReadDevargs() throws Exception {
        assertThat(parse("rx_pcap=a.pcap,tx_pcap=x,rx_pcap=/b c,infinite_rx=1,tx_mode=new"))
                .isEqualTo(new PcapArgs(List.of(file("a.pcap"), file("/b c")),
                        List.of(file("x")), true, TxMode.NEW, false));
        assertThat(parse("tx_pcap=x.pcapng"))
                .isEqualTo(new PcapArgs(List.of(), List.of(file("x.pcapng")), false,
                        TxMode.APPEND, false));
    }

    private static Place file(String name) {
        return new Place(Kind.FILE, name);
    }

    @Test
    void shouldReadDevargsOfInterfaces() throws Exception {
        final Place eth0 = new Place(Kind.INTERFACE, "eth0");
        assertThat(parse("iface=eth0,phy_mac=1")).isEqualTo(new PcapArgs(
                List.of(eth0), List.of(eth0), false, TxMode.APPEND, true));
        assertThat(parse("rx_iface_in=eth0,rx_pcap=a,rx_iface_in=b,rx_iface=eth0,tx_iface=c,"
                + "tx_pcap=d").rx()).containsExactly(new Place(Kind.INCOMING, "eth0"),
                new Place(Kind.INCOMING, "b"), file("a"), eth0);
        assertThat(parse("rx_iface=eth0,tx_iface=eth0").wouldHearItself("eth0")).isTrue();
        assertThat(parse("rx_iface_in=eth0,tx_iface=eth0").wouldHearItself("eth0")).isFalse();
        assertThat(parse("rx_iface=eth0,tx_iface=b").wouldHearItself("eth0")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "rx_pcap                       | rx_pcap= needs the name of a file",
            "tx_pcap=a,tx_pcap=            | tx_pcap= needs the name of a file",
            "infinite_rx=1                 | no file and no interface is given (rx_pcap=FILE or",
            "tx_pcap=a,infinite_rx=1       | infinite_rx=1 needs a file to receive from",
            "rx_pcap=a,infinite_rx=2       | infinite_rx=2: a number from 0 to 1 is needed",
            "rx_pcap=a,infinite_rx=1,infinite_rx=1 | infinite_rx is given twice",
            "tx_pcap=a,tx_mode=overwrite   | tx_mode=overwrite: append, truncate or new is needed",
            "rx_iface=                     | rx_iface=: the name of a network interface is needed",
            "tx_iface=abcdefghijklmnop     | tx_iface=abcdefghijklmnop: the name of a network",
            "rx_iface_in=a/b               | rx_iface_in=a/b: the name of a network interface is",
            "iface=a,iface=b               | iface is given twice",
            "iface=a,tx_pcap=x             | iface=a receives and sends, so nothing else can",
            "rx_iface=a,infinite_rx=1      | infinite_rx=1 needs a file to receive from",
            "rx_pcap=a,phy_mac=1           | phy_mac=1 needs an interface to take the address of",
            "iface=a,phy_mac=2             | phy_mac=2: a number from 0 to 1 is needed",
            "pcap=a                        | unknown devarg 'pcap' (known: iface, infinite_rx,"})
    void shouldSayWhatIsWrong(String args, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(args))
                .withMessageStartingWith("net_pcap0: " + message);
    }
}
