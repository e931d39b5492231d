// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Frames;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What the driver of every NIC does from the probe of a device to its release.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class NicLifeTests<R extends NicRig<?>> extends NicTests<R> {
    /** Checks that the model was told to stop. */
    protected abstract void assertStopped();

    /** Lets the probe of a function fail, with a message that contains {@code why}. */
    protected final void assertProbeFails(TestFunction function, String why) {
        assertThatThrownBy(() -> rig.driver.probe(function)).isInstanceOf(DeviceException.class)
                .hasMessageStartingWith(NicRig.ADDRESS + ": ").hasMessageContaining(why);
        assertThat(rig.ports.ports()).isEmpty();
        assertThat(rig.chip.busMaster).isFalse();
    }

    @Test
    final void shouldBeStoppedAndStartedAgain() throws Exception {
        Port port = rig.start(pool);
        for (int round = 0; round < 3; round++) {
            exchange(port, 100);
            rig.chip.holdTransmit = true;
            Frames.send(port, pool, 0, 10);

            port.stop();

            assertStopped();
            rig.chip.holdTransmit = false;
            if (round == 1) {
                rig.configure(pool, 64);
            }
            port.start();
        }
        exchange(port, 100);
        assertThat(port.stats().rxPackets()).isEqualTo(400);
    }

    @Test
    final void shouldReachMemoryFromStartToCloseAlone() throws Exception {
        rig.attach();
        Port port = rig.configure(pool, NicRig.RING);
        assertThat(rig.chip.busMaster).isFalse();

        port.start();
        assertThat(rig.chip.busMaster).isTrue();
        port.close();

        assertThat(rig.chip.busMaster).isFalse();
        assertThat(pool.available()).isEqualTo(pool.capacity());
    }

    @Test
    final void shouldNeedEnoughBuffers() throws Exception {
        rig.attach();
        Mempool few = rig.pool(1024);
        long[] hoarded = new long[924];
        few.get(hoarded, 0, hoarded.length);
        Port port = rig.configure(few, NicRig.RING);

        assertThatThrownBy(port::start).isInstanceOf(DeviceException.class)
                .hasMessageContaining("lacks 155 of the 255 buffers");
        assertThat(few.available()).isEqualTo(100);
        assertThat(rig.chip.busMaster).isFalse();
    }

    @Test
    final void shouldNeedMemoryItCanReach() throws Exception {
        TestFunction function = rig.attach();
        function.unreachableMemory = true;

        assertThatThrownBy(() -> rig.configure(pool, NicRig.RING))
                .isInstanceOf(DeviceException.class).hasMessageContaining("IOMMU");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    final void shouldTellOfTheLinkByInterruptAndWithoutOne(boolean byInterrupt) throws Exception {
        TestFunction function = rig.function();
        function.hasInterrupt = byInterrupt;
        rig.driver.probe(function);
        Port port = rig.port();
        assertThat(NicRig.eventually(() -> port.link().up())).isTrue();
        Link up = port.link();
        assertThat(rig.looked(2)).isTrue();
        rig.linkChanges.clear();

        rig.chip.cable = false;
        assertThat(NicRig.eventually(() -> rig.linkChanges.size() == 1)).isTrue();
        assertThat(port.link()).isEqualTo(Link.DOWN);

        rig.chip.cable = true;
        assertThat(NicRig.eventually(() -> rig.linkChanges.size() == 2)).isTrue();
        assertThat(port.link()).isEqualTo(up);
        assertThat(rig.looked(2)).isTrue();
        assertThat(rig.linkChanges).containsExactly(NicRig.ADDRESS, NicRig.ADDRESS);
    }

    @Test
    final void shouldTellNothingOnceItHasLetGo() throws Exception {
        TestFunction function = rig.attach();
        rig.detach(function);
        rig.linkChanges.clear();

        rig.chip.cable = false;

        assertThat(rig.interrupts.open()).isZero();
        rig.interrupts.drain();
        assertThat(rig.linkChanges).isEmpty();
    }

    @Test
    final void shouldLeaveTheBindDevargToTheBus() throws Exception {
        rig.driver.probe(rig.function(NicRig.ADDRESS + ",bind=igb_uio"));

        assertThat(rig.ports.ports()).hasSize(1);
    }

    @Test
    final void shouldRefuseOtherDevargs() throws Exception {
        assertProbeFails(rig.function(NicRig.ADDRESS + ",queues=2"), "'queues'");
    }

    @Test
    final void shouldLetGoTwice() throws Exception {
        TestFunction function = rig.attach();

        rig.driver.remove(function);
        rig.driver.remove(function);

        assertThat(rig.ports.ports()).isEmpty();
        rig.driver.probe(function);
        assertThat(rig.ports.ports()).hasSize(1);
    }

    @Test
    final void shouldLetGoWhenItsServiceGoes() throws Exception {
        rig.start(pool);

        rig.driver.deactivate();

        assertThat(rig.ports.ports()).isEmpty();
        assertThat(rig.interrupts.open()).isZero();
        assertThat(rig.chip.busMaster).isFalse();
    }
}
