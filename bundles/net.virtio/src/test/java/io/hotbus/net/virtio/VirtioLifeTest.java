// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Frames;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class VirtioLifeTest {
    private static final int BURST = 32;

    private Rig rig;
    private Mempool pool;

    @BeforeEach
    void setUp() throws Exception {
        rig = new Rig();
        pool = rig.pool(2048);
    }

    @AfterEach
    void tearDown() throws Exception {
        rig.detachAll();
        assertThat(pool.available()).as("buffers that came back").isEqualTo(pool.capacity());
        assertThat(rig.dma.open()).as("memory in use").isEqualTo(rig.poolCount());
        rig.close();
        assertThat(rig.chip.violations()).isEmpty();
    }

    private static void exchange(Port port, Mempool pool, int frames) {
        for (int from = 0; from < frames; ) {
            int sent = Frames.send(port, pool, from, Math.min(BURST, frames - from));
            Frames.receiveAll(port, 0, pool, from, from + sent);
            from += sent;
        }
    }

    @Test
    void shouldBeStoppedAndStartedAgain() throws Exception {
        Port port = rig.start(pool);
        for (int round = 0; round < 3; round++) {
            exchange(port, pool, 100);
            rig.chip.holdTransmit = true;
            Frames.send(port, pool, 0, 10);

            port.stop();

            assertThat(rig.chip.get(VirtioRegs.DEVICE_STATUS) & 0xff).isZero();
            rig.chip.holdTransmit = false;
            if (round == 1) {
                rig.configure(pool, 64);
            }
            port.start();
        }
        exchange(port, pool, 100);
        assertThat(port.stats().rxPackets()).isEqualTo(400);
    }

    @Test
    void shouldReachMemoryFromStartToCloseAlone() throws Exception {
        rig.attach();
        Port port = rig.configure(pool, Rig.RING);
        assertThat(rig.chip.busMaster).isFalse();

        port.start();
        assertThat(rig.chip.busMaster).isTrue();
        port.close();

        assertThat(rig.chip.busMaster).isFalse();
        assertThat(pool.available()).isEqualTo(pool.capacity());
    }

    @Test
    void shouldKeepADeviceThatDoesNotResetFromMemory() throws Exception {
        rig.close();
        rig = new Rig(100);
        pool = rig.pool(2048);
        Port port = rig.start(pool);
        rig.chip.stuckReset = true;
        Frames.send(port, pool, 0, BURST);

        port.stop();
        assertThat(rig.chip.busMaster).isFalse();
        port.close();

        assertThat(pool.available()).isEqualTo(pool.capacity());
        rig.chip.stuckReset = false;
    }

    @Test
    void shouldNeedEnoughBuffers() throws Exception {
        rig.attach();
        Mempool few = rig.pool(1024);
        long[] hoarded = new long[924];
        few.get(hoarded, 0, hoarded.length);
        Port port = rig.configure(few, Rig.RING);

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("lacks 155 of the 255 buffers");
        assertThat(few.available()).isEqualTo(100);
        assertThat(rig.chip.busMaster).isFalse();
    }

    @Test
    void shouldNeedMemoryItCanReach() throws Exception {
        TestFunction function = rig.attach();
        function.unreachableMemory = true;

        assertThatThrownBy(() -> rig.configure(pool, Rig.RING))
                .isInstanceOf(DeviceException.class).hasMessageContaining("IOMMU");
    }

    @Test
    void shouldTellOfTheLinkByInterruptAndWithoutOne() throws Exception {
        for (boolean hasInterrupt : new boolean[] {true, false}) {
            TestFunction function = rig.function();
            function.hasInterrupt = hasInterrupt;
            rig.driver.probe(function);
            rig.linkChanges.clear();

            rig.chip.cable = false;
            assertThat(Rig.eventually(() -> !rig.linkChanges.isEmpty())).isTrue();
            assertThat(rig.port().link()).isEqualTo(Link.DOWN);
            rig.chip.cable = true;
            assertThat(Rig.eventually(() -> rig.linkChanges.size() == 2)).isTrue();
            assertThat(rig.port().link().up()).isTrue();
            rig.detachAll();
        }
    }
}
