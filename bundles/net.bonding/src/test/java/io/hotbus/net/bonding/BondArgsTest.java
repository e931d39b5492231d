// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BondArgsTest {
    private static BondArgs parse(String devargs) throws DeviceException {
        return BondArgs.parse(Devargs.parse(devargs));
    }

    @Test
    void shouldTakeDpdksDevargs() throws DeviceException {
        BondArgs args = parse("net_bonding0,mode=4,member=net_null0,slave=0000:01:00.0,"
                + "primary=net_null0,mac=02:00:00:00:00:09,xmit_policy=l34,agg_mode=bandwidth,"
                + "lsc_poll_period_ms=100,up_delay=20,down_delay=30,lacp_rate=fast");

        assertThat(args.mode()).isEqualTo(BondMode.LACP);
        assertThat(args.members()).containsExactly("net_null0", "0000:01:00.0");
        assertThat(args.primary()).contains("net_null0");
        assertThat(args.mac()).contains(new MacAddress(0x0200_0000_0009L));
        assertThat(args.policy()).isEqualTo(XmitPolicy.L34);
        assertThat(args.aggMode()).isEqualTo(AggMode.BANDWIDTH);
        assertThat(args.poll()).isEqualTo(Duration.ofMillis(100));
        assertThat(args.upDelay()).isEqualTo(20);
        assertThat(args.downDelay()).isEqualTo(30);
        assertThat(args.fast()).isTrue();
    }

    @Test
    void shouldNeedAModeAlone() throws DeviceException {
        BondArgs args = parse("net_bonding0,mode=active-backup");

        assertThat(args.mode()).isEqualTo(BondMode.ACTIVE_BACKUP);
        assertThat(args.members()).isEmpty();
        assertThat(args.policy()).isEqualTo(XmitPolicy.L2);
        assertThat(args.poll()).isEqualTo(Duration.ofMillis(10));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "member=net_null0|mode= is missing: 0 (round-robin)",
        "mode=1,mode=2|mode is given twice",
        "mode=7|mode=7: 0 (round-robin)",
        "mode=tlp|mode=tlp: 0 (round-robin), 1 (active-backup), 2 (balance), 3 (broadcast), "
                + "4 (802.3ad), 5 (tlb), 6 (alb) is needed",
        "mode=1,member=net_bonding0|is no member of itself",
        "mode=1,member=net_null0,slave=net_null0|given twice: [net_null0, net_null0]",
        "mode=1,member=a{b|member=a{b: ",
        "mode=1,member=net_null0,primary=net_null1|primary=net_null1: is none of the members",
        "mode=1,mac=01:00:00:00:00:01|a unicast address is needed",
        "mode=1,xmit_policy=l4|xmit_policy=l4: l2|",
        "mode=1,agg_mode=x|agg_mode=x: stable|",
        "mode=1,lacp_rate=9|lacp_rate=9: slow|",
        "mode=1,lsc_poll_period_ms=0|lsc_poll_period_ms=0: a number from 1 to 3600000",
        "mode=1,up_delay=-1|up_delay=-1: a number from 0",
        "mode=1,socket=0|unknown devarg 'socket'"})
    void shouldSayWhatIsWrong(String args, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> parse("net_bonding0," + args))
                .withMessageStartingWith("net_bonding0: ").withMessageContaining(message);
    }
}
