// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Path;
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
                .isEqualTo(new PcapArgs(List.of(Path.of("a.pcap"), Path.of("/b c")),
                        List.of(Path.of("x")), true, TxMode.NEW));
        assertThat(parse("tx_pcap=x.pcapng"))
                .isEqualTo(new PcapArgs(List.of(), List.of(Path.of("x.pcapng")), false,
                        TxMode.APPEND));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "rx_pcap                       | rx_pcap= needs the name of a file",
            "tx_pcap=a,tx_pcap=            | tx_pcap= needs the name of a file",
            "infinite_rx=1                 | no file is given (rx_pcap=FILE to receive, tx_pcap",
            "tx_pcap=a,infinite_rx=1       | infinite_rx=1 needs a file to receive from",
            "rx_pcap=a,infinite_rx=2       | infinite_rx=2: a number from 0 to 1 is needed",
            "rx_pcap=a,infinite_rx=1,infinite_rx=1 | infinite_rx is given twice",
            "tx_pcap=a,tx_mode=overwrite   | tx_mode=overwrite: append, truncate or new is needed",
            "rx_iface=eth0                 | rx_iface: live interfaces are not supported yet",
            "iface=eth0,phy_mac=1          | iface: live interfaces are not supported yet",
            "rx_pcap=a,tx_iface=eth0       | tx_iface: live interfaces are not supported yet",
            "rx_iface_in=a,rx_iface_in=b   | rx_iface_in: live interfaces are not supported yet",
            "pcap=a                        | unknown devarg 'pcap' (known: iface, infinite_rx,"})
    void shouldSayWhatIsWrong(String args, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> parse(args))
                .withMessageStartingWith("net_pcap0: " + message);
    }
}
