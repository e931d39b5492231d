// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioTestMemory.HUGEPAGE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VfioDmaRunTest {
    private static final long VIRTUAL = 0x7f12_3400_0000L;

    @Test
    void shouldMergePagesThatFollowEachOtherInBothSpaces() {
        VfioTestMemory memory = VfioTestMemory.hugepages("ring", VIRTUAL,
                0x4000_0000L, 0x4020_0000L, 0x5000_0000L, 0x3000_0000L, 0x3020_0000L);

        assertThat(VfioDmaRun.of(memory)).containsExactly(
                new VfioDmaRun(VIRTUAL, 0x4000_0000L, 2 * HUGEPAGE),
                new VfioDmaRun(VIRTUAL + 2 * HUGEPAGE, 0x5000_0000L, HUGEPAGE),
                new VfioDmaRun(VIRTUAL + 3 * HUGEPAGE, 0x3000_0000L, 2 * HUGEPAGE));
    }

    @Test
    void shouldNotMergePagesThatFollowEachOtherBackwards() {
        VfioTestMemory memory =
                VfioTestMemory.hugepages("ring", VIRTUAL, 0x4020_0000L, 0x4000_0000L);

        assertThat(VfioDmaRun.of(memory)).containsExactly(
                new VfioDmaRun(VIRTUAL, 0x4020_0000L, HUGEPAGE),
                new VfioDmaRun(VIRTUAL + HUGEPAGE, 0x4000_0000L, HUGEPAGE));
    }

    @Test
    void shouldHaveOneRunWhereTheIovaIsTheVirtualAddress() {
        assertThat(VfioDmaRun.of(VfioTestMemory.ordinary("ring", VIRTUAL)))
                .containsExactly(new VfioDmaRun(VIRTUAL, VIRTUAL, 4 * 4096));
    }
}
