// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.core.testing.LogLines;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class HugepageAllocatorTest {
    private static final Path REAL_POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");
    private static final long HUGEPAGE = 2 << 20;

    @TempDir
    private Path sysfs;

    private HugepageAllocator withPool(int total, int free) throws IOException {
        Path pool = Files.createDirectories(sysfs.resolve("hugepages-2048kB"));
        Files.writeString(pool.resolve("nr_hugepages"), total + "\n");
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
        return new HugepageAllocator(LINUX, sysfs);
    }

    @Test
    void shouldTakeOrdinaryPagesAndNameTheCureOnce() throws IOException {
        HugepageAllocator allocator = withPool(10, 1);
        try (LogLines log = new LogLines();
                DmaMemory memory = allocator.allocate("mempool", 2 * HUGEPAGE + 1);
                DmaMemory more = allocator.allocate("more", 2 * HUGEPAGE)) {
            assertThat(memory.pageSize()).isEqualTo(LINUX.pageSize());
            assertThat(memory.length()).isEqualTo(2 * HUGEPAGE + LINUX.pageSize());
            assertThat(more.length()).isEqualTo(2 * HUGEPAGE);
            assertThat(log.of(Level.INFO)).singleElement().asString()
                    .contains("mempool", "ordinary pages", "sysctl vm.nr_hugepages=12");
        }
    }

    @Test
    void shouldGiveZeroedMemoryThatCanBeWritten() throws IOException {
        try (DmaMemory memory = withPool(0, 0).allocate("ring", 10_000)) {
            for (long at = 0; at < memory.length(); at += 8) {
                assertThat(RawMemory.getLong(memory.address() + at)).isZero();
                RawMemory.putLong(memory.address() + at, at);
            }
            assertThat(memory.iova(memory.address() + 99)).isEqualTo(memory.address() + 99);
            assertThatThrownBy(() -> memory.iova(memory.address() + memory.length()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ring");
            assertThatThrownBy(() -> memory.iova(memory.address() - 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void shouldFreeOnce() throws IOException {
        DmaMemory memory = withPool(0, 0).allocate("ring", 1);
        assertThat(isMapped(memory.address())).isTrue();
        try (LogLines log = new LogLines()) {
            memory.close();
            assertThat(isMapped(memory.address())).isFalse();
            memory.close();
            assertThat(log.of(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void shouldTakeOrdinaryPagesWhereTheKernelHasNoPool() throws IOException {
        HugepageAllocator allocator = new HugepageAllocator(LINUX, sysfs.resolve("none"));
        try (DmaMemory memory = allocator.allocate("ring", 1)) {
            assertThat(memory.length()).isEqualTo(LINUX.pageSize());
        }
    }

    @Test
    void shouldTakeOrdinaryPagesWhereAnotherWasFaster() throws IOException {
        assumeTrue(free() == 0, "hugepages are free on this machine");
        HugepageAllocator allocator = withPool(4, 4); // what it was told is out of date
        try (DmaMemory memory = allocator.allocate("ring", 1)) {
            assertThat(memory.pageSize()).isEqualTo(LINUX.pageSize());
        }
    }

    @Test
    void shouldTakeHugepages() throws IOException {
        Path total = REAL_POOL.resolve("nr_hugepages");
        assumeTrue(Files.isWritable(total), "only root can reserve hugepages");
        String before = Files.readString(total);
        try {
            Files.writeString(total, Long.toString(Long.parseLong(before.strip()) + 2));
            assumeTrue(free() >= 2, "the kernel has no 2 hugepages to give");
            try (DmaMemory memory = new HugepageAllocator(LINUX).allocate("pool", HUGEPAGE + 1)) {
                assertThat(memory.pageSize()).isEqualTo(HUGEPAGE);
                assertThat(memory.length()).isEqualTo(2 * HUGEPAGE);
                assertThat(memory.address() % HUGEPAGE).isZero();
                RawMemory.putLong(memory.address() + 2 * HUGEPAGE - 8, 1);
            }
        } finally {
            Files.writeString(total, before.strip());
        }
    }

    @Test
    void shouldRefuseASizeThatIsNone() throws IOException {
        HugepageAllocator allocator = withPool(0, 0);
        assertThatThrownBy(() -> allocator.allocate("ring", 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> allocator.allocate("ring", Long.MAX_VALUE))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSayWhatCannotBeHad() throws IOException {
        HugepageAllocator allocator = withPool(0, 0);
        assertThatThrownBy(() -> allocator.allocate("ring", 1L << 60))
                .isInstanceOf(IOException.class).hasMessageContaining("ring")
                .hasMessageContaining("ENOMEM");
    }

    private static long free() throws IOException {
        return Long.parseLong(Files.readString(REAL_POOL.resolve("free_hugepages")).strip());
    }

    private static boolean isMapped(long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .map(line -> line.split("[- ]", 3))
                .anyMatch(range -> Long.compareUnsigned(
                                Long.parseUnsignedLong(range[0], 16), address) <= 0
                        && Long.compareUnsigned(
                                address, Long.parseUnsignedLong(range[1], 16)) < 0);
    }
}
