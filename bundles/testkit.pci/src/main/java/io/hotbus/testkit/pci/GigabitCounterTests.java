// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Port;
import org.junit.jupiter.api.Test;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The statistics of every one of Intel's gigabit chips.
 *
 * @param <R> the rig
 */
@ConsumerType
public abstract class GigabitCounterTests<R extends NicRig<? extends GigabitModel>>
        extends NicTests<R> {
    private static final long CRCERRS = 0x04000;
    private static final long MPC = 0x04010;
    private static final long CEXTERR = 0x0403c;
    private static final long GORC = 0x04088;

    @Test
    final void shouldAddUpWhatTheRegistersHaveCounted() throws Exception {
        Port port = rig.start(pool);
        rig.chip.set(MPC, 3);
        rig.chip.set(CRCERRS, 2);
        assertThat(port.stats().missed()).isEqualTo(3);
        // Shared memory is not cleared by reading it.
        rig.chip.set(MPC, -1);
        rig.chip.set(CRCERRS, 0);

        assertThat(port.stats().missed()).isEqualTo(3);
        assertThat(port.stats().rxErrors()).isEqualTo(2);
        rig.chip.set(MPC, 4);
        port.stop();
        port.start();
        assertThat(port.stats().missed()).isEqualTo(7);
        port.close();
        assertThat(port.stats().missed()).isEqualTo(7);

        port.resetStats();
        assertThat(port.stats()).isEqualTo(EthStats.ZERO);
    }

    @Test
    final void shouldShowOctetsAndErrors() throws Exception {
        Port port = rig.start(pool);
        rig.chip.set(GORC + Integer.BYTES, 1);
        assertThat(port.stats().rxErrors()).isZero();
        rig.chip.set(GORC + Integer.BYTES, 0);
        rig.chip.set(CEXTERR, 2);
        assertThat(port.stats().rxErrors()).isEqualTo(2);
        rig.chip.set(CEXTERR, 0);
        assertThat(port.xstats()).containsEntry("mac_rx_good_octets", 1L << Integer.SIZE)
                .containsEntry("rx_carrier_extension_errors", 2L)
                .containsKeys("rx_no_buffer", "mac_tx_all_octets", "tx_tso_packets");
    }
}
