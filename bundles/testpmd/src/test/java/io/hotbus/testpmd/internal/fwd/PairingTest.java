// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.testpmd.rig.Rig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who forwards to whom, by topology and list of ports. */
class PairingTest {
    private static List<String> routes(Rig rig) {
        return rig.forwarder.planned().stream().map(s -> s.rxId() + ">" + s.txId()).toList();
    }

    private static List<String> routes(int ports, String... options) throws Exception {
        try (Rig rig = new Rig(options)) {
            rig.attach(ports);
            return routes(rig);
        }
    }

    @Test
    void shouldFollowTheTopology() throws Exception {
        assertThat(routes(3)).containsExactly("0>1", "1>0", "2>2");
        assertThat(routes(3, "--port-topology=chained")).containsExactly("0>1", "1>2", "2>0");
        assertThat(routes(2, "--port-topology=loop")).containsExactly("0>0", "1>1");
        assertThat(routes(4, "--portlist=3,0,2")).containsExactly("3>0", "0>3", "2>2");
        assertThat(routes(4, "--portmask=0x5")).containsExactly("0>2", "2>0");
        assertThat(routes(4, "--nb-ports=2")).containsExactly("0>1", "1>0");
    }

    @Test
    void shouldAnswerAtThePortOfTheRequest() throws Exception {
        assertThat(routes(2, "--forward-mode=icmpecho")).containsExactly("0>0", "1>1");
    }

    @Test
    void shouldWaitForAPortThatIsGone() throws Exception {
        try (Rig rig = new Rig("--port-topology=chained")) {
            rig.attach(3);
            rig.forwarder.start(0);
            rig.forwarder.removePort(rig.registry.port("wire1").orElseThrow());
            assertThat(routes(rig)).containsExactly("2>0");
            rig.forwarder.addPort(rig.registry.port("wire1").orElseThrow());
            assertThat(routes(rig)).containsExactlyInAnyOrder("0>1", "1>2", "2>0");
        }
    }
}
