// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestDmaTest {
    @ParameterizedTest
    @ValueSource(longs = {TestDma.ORDINARY_PAGE, TestDma.HUGEPAGE})
    void shouldTranslateEachPageByItself(long page) {
        TestDma dma = new TestDma(page);
        DmaMemory memory = dma.allocate("test", 2 * page, -1);
        long second = memory.address() + page;

        assertThat(memory.iovaMode()).isEqualTo(IovaMode.PA);
        assertThat(memory.pageSize()).isEqualTo(page);
        assertThat(memory.address() % page).isZero();
        assertThat(memory.iova(second)).isNotEqualTo(memory.iova(memory.address()) + page);
        assertThat(dma.translate(memory.iova(second + 5), 8)).isEqualTo(second + 5);
        assertThat(dma.translate(memory.iova(second - 8), 8)).isEqualTo(second - 8);
        assertThat(dma.translate(memory.iova(second - 8), 9)).as("two pages")
                .isEqualTo(TestDma.FAULT);
        memory.close();
    }

    @Test
    void shouldBeContiguousBehindAnIommu() {
        TestDma dma = new TestDma();
        DmaMemory memory = dma.allocate("test", 3 * TestDma.ORDINARY_PAGE, -1);
        int length = (int) memory.length();

        assertThat(memory.iovaMode()).isEqualTo(IovaMode.VA);
        assertThat(dma.translate(memory.iova(memory.address()), length))
                .isEqualTo(memory.address());
        assertThat(dma.translate(memory.address() + 1, length)).isEqualTo(TestDma.FAULT);
        memory.close();
    }

    @Test
    void shouldKnowWhatIsAllocatedNow() {
        TestDma dma = new TestDma(TestDma.HUGEPAGE);
        DmaMemory closed = dma.allocate("closed", 1, -1);
        DmaMemory kept = dma.allocate("kept", 1, -1);
        long iova = closed.iova(closed.address());
        assertThat(dma.open()).isEqualTo(2);

        closed.close();
        closed.close();

        assertThat(dma.open()).isEqualTo(1);
        assertThat(dma.translate(iova, 1)).isEqualTo(TestDma.FAULT);
        assertThat(dma.translate(kept.iova(kept.address()), 1)).isEqualTo(kept.address());
        kept.close();
    }

    @Test
    void shouldAllocateWithThePageSizeOfTheMoment() {
        TestDma dma = new TestDma(TestDma.HUGEPAGE);
        DmaMemory huge = dma.allocate("huge", 1, -1);
        dma.pageSize(TestDma.ORDINARY_PAGE);
        DmaMemory small = dma.allocate("small", 1, -1);

        assertThat(huge.length()).isEqualTo(TestDma.HUGEPAGE);
        assertThat(small.length()).isEqualTo(TestDma.ORDINARY_PAGE);
        assertThat(dma.translate(huge.iova(huge.address() + 9000), 1))
                .isEqualTo(huge.address() + 9000);
        huge.close();
        small.close();
    }
}
