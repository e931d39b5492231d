// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.pmd.intel.FilterTables;
import io.hotbus.pmd.intel.GigabitRegs;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which frames the chip receives. */
final class E1000eFilterTest extends E1000eTests {
    /** The tables are undefined after a reset. */
    @Test
    void shouldReceiveForItsOwnAddressAlone() throws Exception {
        rig.start(pool);
        for (int i = 0; i < FilterTables.MTA_ENTRIES; i++) {
            assertThat(rig.chip.get(FilterTables.MTA + 4L * i)).isZero();
        }
        assertThat(rig.chip.get(FilterTables.RAL)).isEqualTo(0x12005452);
        for (int i = 1; i < FilterTables.RA_ENTRIES; i++) {
            assertThat(rig.chip.get(FilterTables.RAH + 8L * i)).isZero();
        }
    }

    @Test
    void shouldFilterAsTold() throws Exception {
        Port port = rig.start(pool);
        port.changeRxFilter(filter -> filter.withAddress(new MacAddress(0x0200_0304_0506L))
                .plus(new MacAddress(0x0a0b_0c0d_0e0fL)).withVlans(Set.of(0, 33))
                .withGroups(Set.of(new MacAddress(0x0100_5e00_1234L))));
        for (int start = 0; start < 2; start++) {
            assertThat(rig.chip.get(FilterTables.RAL)).isEqualTo(0x04030002);
            assertThat(rig.chip.get(FilterTables.RAH)).isEqualTo(0x0605 | FilterTables.RAH_AV);
            assertThat(rig.chip.get(FilterTables.RAL + 8)).isEqualTo(0x0d0c0b0a);
            assertThat(rig.chip.get(FilterTables.RAH + 8)).isEqualTo(0x0f0e | FilterTables.RAH_AV);
            assertThat(rig.chip.get(FilterTables.RAH + 16)).isZero();
            assertThat(rig.chip.get(FilterTables.VFTA)).isEqualTo(1);
            assertThat(rig.chip.get(FilterTables.VFTA + 4)).isEqualTo(2);
            // 0x341: bits 47 to 36 of the address as it is on the wire.
            assertThat(rig.chip.get(FilterTables.MTA + 4 * (0x341 >> 5))).isEqualTo(1 << 1);
            assertThat(rig.chip.get(GigabitRegs.RCTL) & FilterTables.RCTL_VFE).isNotZero();
            port.stop();
            port.start();
        }
        port.changeRxFilter(filter -> RxFilter.of(filter.address()).withAllMulticast(true));
        assertThat(rig.chip.get(GigabitRegs.RCTL)
                & (FilterTables.RCTL_VFE | FilterTables.RCTL_MPE | FilterTables.RCTL_UPE))
                .isEqualTo(FilterTables.RCTL_MPE);
        assertThat(rig.chip.get(FilterTables.RAH + 8)).isZero();
    }

    @Test
    void shouldBePromiscuousAsAsked() throws Exception {
        Port port = rig.start(pool);
        int both = FilterTables.RCTL_UPE | FilterTables.RCTL_MPE;
        assertThat(rig.chip.get(GigabitRegs.RCTL) & both).isZero();

        port.setPromiscuous(true);
        assertThat(rig.chip.get(GigabitRegs.RCTL) & both).isEqualTo(both);
        port.stop();
        port.start();
        assertThat(rig.chip.get(GigabitRegs.RCTL) & both).isEqualTo(both);
        port.setPromiscuous(false);

        assertThat(rig.chip.get(GigabitRegs.RCTL) & both).isZero();
        exchange(port, pool, 100);
    }
}
