// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.net.ring.RingArgs.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RingArgsTest {
    @Test
    void shouldReadDevargs() throws Exception {
        assertThat(RingArgs.parse(Devargs.parse("net_ring0")).nodes()).isEmpty();
        assertThat(RingArgs.parse(Devargs.parse("net_ring0,nodeaction=r1:0:CREATE")).nodes())
                .containsExactly(new Node("r1", true));
        assertThat(RingArgs.parse(Devargs.parse(
                "net_ring0,nodeaction=a:0:ATTACH,nodeaction=b:1:CREATE")).nodes())
                .containsExactly(new Node("a", false), new Node("b", true));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "nodeaction                | nodeaction=: a name, the number",
            "nodeaction=r1             | nodeaction=r1: a name, the number",
            "nodeaction=r1:x:CREATE    | nodeaction=r1:x:CREATE: a name, the number",
            "nodeaction=r1:-1:CREATE   | nodeaction=r1:-1:CREATE: a name, the number",
            "nodeaction=r1:0:create    | nodeaction=r1:0:create: a name, the number",
            "nodeaction=:0:CREATE      | nodeaction=:0:CREATE: a name, the number",
            "nodeaction=r1:0:CREATE,nodeaction=r1:0:ATTACH | ring 'r1' is given twice",
            "nodeaction=a:0:CREATE,nodeaction=b:0:CREATE,nodeaction=c:0:CREATE | 3 rings: a port",
            "rings=1                   | unknown devarg 'rings' (known: nodeaction)"})
    void shouldSayWhatIsWrong(String args, String message) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> RingArgs.parse(Devargs.parse("net_ring0," + args)))
                .withMessageStartingWith("net_ring0: " + message);
    }
}
