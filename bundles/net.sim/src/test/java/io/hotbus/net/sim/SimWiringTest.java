// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimWiringTest {
    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
        pool = rig.pool(4096);
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "net_sim0,peer=net_sim1 | net_sim1",
        "net_sim0               | net_sim1,peer=net_sim0",
        "net_sim0,peer=net_sim1 | net_sim1,peer=net_sim0",
        "net_sim1               | net_sim0,peer=net_sim1",
    })
    void shouldWireTwo(String first, String second) throws Exception {
        Port a = rig.start(first, pool);
        assertThat(a.link().up()).isFalse();

        Port b = rig.start(second, pool);

        assertThat(a.link().up()).isTrue();
        assertThat(b.link().up()).isTrue();
        assertThat(b.link().speedMbps()).isPositive();
    }

    @Test
    void shouldHaveNoLinkWithoutWire() throws Exception {
        assertThat(rig.start("net_sim0", pool).link().up()).isFalse();
        assertThat(rig.start("net_sim1,peer=net_sim7", pool).link().up()).isFalse();
    }

    @Test
    void shouldRaiseLscAtBothEnds() throws Exception {
        rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);
        assertThat(nextChanges(2)).containsExactlyInAnyOrder("net_sim0", "net_sim1");

        b.stop();

        assertThat(nextChanges(2)).containsExactlyInAnyOrder("net_sim0", "net_sim1");
    }

    @Test
    void shouldRaiseLscWhenThePeerIsPulledOutAndComesBack() throws Exception {
        Port a = rig.start("net_sim0,peer=net_sim1", pool);
        Port b = rig.start("net_sim1", pool);
        nextChanges(2);

        rig.hardware.yank("net_sim1");

        assertThat(nextChanges(2)).contains("net_sim0");
        assertThat(a.link().up()).isFalse();
        assertThat(b.link().up()).isFalse();

        rig.detach((VdevDevice) b.device());
        rig.hardware.plug("net_sim1");
        b = rig.start("net_sim1", pool);
        assertThat(nextChanges(2)).contains("net_sim0", "net_sim1");
        assertThat(a.link().up()).isTrue();
        assertThat(b.link().up()).isTrue();
    }

    private List<String> nextChanges(int count) throws InterruptedException {
        List<String> names = new ArrayList<>();
        while (names.size() < count) {
            String name = rig.linkChanges.poll(120, TimeUnit.SECONDS);
            assertThat(name).isNotNull();
            names.add(name);
        }
        return names;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "net_sim1,peer=net_sim2 | net_sim0,peer=net_sim1 |"
                + " net_sim0: peer=net_sim1, but that has peer=net_sim2",
        "net_sim1,loopback=1    | net_sim0,peer=net_sim1 |"
                + " net_sim0: peer=net_sim1, but that has loopback=1",
        "net_sim1,peer=net_sim2 | net_sim0,peer=net_sim2 |"
                + " net_sim0: peer=net_sim2, but that is the peer of net_sim1",
        "net_sim1,peer=net_sim0 | net_sim0,loopback=1    |"
                + " net_sim0: loopback=1, but net_sim1 has peer=net_sim0",
        "net_sim1,peer=net_sim0 | net_sim0,peer=net_sim2 |"
                + " net_sim0: peer=net_sim2, but net_sim1 has peer=net_sim0",
    })
    void shouldRefuseASecondWire(String first, String second, String message) throws Exception {
        rig.attach(first);

        assertThatThrownBy(() -> rig.attach(second))
                .isInstanceOf(DeviceException.class).hasMessage(message);

        assertThat(rig.ports.ports()).hasSize(1);
        assertThat(rig.hardware.slots()).extracting("name").containsExactly("net_sim1");
    }

    @Test
    void shouldFreeTheWireWhenDetached() throws Exception {
        VdevDevice first = rig.attach("net_sim0,peer=net_sim1");
        rig.attach("net_sim1");
        rig.detach(first);

        rig.attach("net_sim2,peer=net_sim1");

        assertThatThrownBy(() -> rig.attach("net_sim0,peer=net_sim1"))
                .isInstanceOf(DeviceException.class)
                .hasMessage("net_sim0: peer=net_sim1, but that is the peer of net_sim2");
    }
}
