// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MmioWindowsTest {
    private final MmioWindows windows = new MmioWindows("net_test0");
    private final Mmio bar0 = new Mmio("net_test0 BAR0", 0x10000, 0x1000);
    private final Mmio bar2 = new Mmio("net_test0 BAR2", 0x20000, 0x4000);

    @Test
    void shouldFindTheWindowAnAddressLiesIn() {
        windows.add(bar0);
        windows.add(bar2);

        assertThat(windows.find(0x10000)).containsSame(bar0);
        assertThat(windows.find(0x10fff)).containsSame(bar0);
        assertThat(windows.find(0x23fff)).containsSame(bar2);
        assertThat(windows.find(0x11000)).isEmpty();
        assertThat(windows.find(0xffff)).isEmpty();
        assertThat(windows.find(0)).isEmpty();
    }

    @Test
    void shouldNotFindWhatWasTakenOut() {
        windows.add(bar0);

        assertThat(windows.remove(bar0)).isTrue();
        assertThat(windows.remove(bar0)).isFalse();
        assertThat(windows.find(0x10000)).isEmpty();
        assertThat(windows.list()).isEmpty();
    }

    @Test
    void shouldListAsOfTheMoment() {
        windows.add(bar2);
        windows.add(bar0);
        List<Mmio> before = windows.list();
        before.forEach(windows::remove);

        assertThat(before).containsExactly(bar2, bar0);
        assertThat(windows.list()).isEmpty();
    }
}
