// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.DmaMemory;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

final class SimIommuTest {
    private static final int PAGE = 4096;

    /** Nothing is read or written here, so the addresses may be any. */
    private record Pages(long address, long length, LongUnaryOperator table) implements DmaMemory {
        @Override
        public long iova(long virtual) {
            return table.applyAsLong(virtual);
        }

        @Override
        public long pageSize() {
            return PAGE;
        }

        @Override
        public void close() {
        }
    }

    private static SimIommu of(DmaMemory... memories) {
        SimIommu iommu = new SimIommu();
        iommu.replace(SimIommu.table(List.of(memories)));
        return iommu;
    }

    @Test
    void shouldAllowNothingAtFirst() {
        assertThat(new SimIommu().translate(0x10000, 1)).isEqualTo(SimIommu.FAULT);
    }

    @Test
    void shouldAllowWhatIsMappedToTheLastByte() {
        SimIommu iommu = of(new Pages(0x10000, 3 * PAGE, virtual -> virtual));

        assertThat(iommu.translate(0x10000, 64)).isEqualTo(0x10000);
        assertThat(iommu.translate(0x10000 + PAGE - 8, 64)).isEqualTo(0x10000 + PAGE - 8);
        assertThat(iommu.translate(0x10000 + 3 * PAGE - 64, 64)).isEqualTo(0x12fc0);
        assertThat(iommu.translate(0x10000 + 3 * PAGE - 63, 64)).isEqualTo(SimIommu.FAULT);
        assertThat(iommu.translate(0xffff, 64)).isEqualTo(SimIommu.FAULT);
        assertThat(iommu.translate(0, 1)).isEqualTo(SimIommu.FAULT);
        assertThat(iommu.translate(-1, 1)).isEqualTo(SimIommu.FAULT);
        assertThat(iommu.translate(Long.MIN_VALUE, 1)).isEqualTo(SimIommu.FAULT);
        assertThat(iommu.translate(Long.MAX_VALUE, 0xffff)).isEqualTo(SimIommu.FAULT);
    }

    @Test
    void shouldTranslatePageByPage() {
        // The pages in reverse order.
        SimIommu iommu = of(new Pages(0x10000, 2 * PAGE, virtual -> 0x92000 - (virtual - 0x10000)
                / PAGE * PAGE + virtual % PAGE));

        assertThat(iommu.translate(0x92010, 16)).isEqualTo(0x10010);
        assertThat(iommu.translate(0x91010, 16)).isEqualTo(0x11010);
        assertThat(iommu.translate(0x91ff8, 16)).isEqualTo(SimIommu.FAULT);
    }

    @Test
    void shouldKeepMoreMemoriesApartThanItBeganWith() {
        DmaMemory[] memories = new DmaMemory[20];
        for (int i = 0; i < memories.length; i++) {
            memories[i] = new Pages(0x100000L + i * PAGE, PAGE, virtual -> virtual);
        }

        SimIommu iommu = of(memories);

        assertThat(iommu.translate(0x100000L + 19 * PAGE, PAGE)).isEqualTo(0x100000L + 19 * PAGE);
        // Neighbours by chance: a buffer never lies in two of them.
        assertThat(iommu.translate(0x100000L + PAGE - 8, 16)).isEqualTo(SimIommu.FAULT);
    }
}
