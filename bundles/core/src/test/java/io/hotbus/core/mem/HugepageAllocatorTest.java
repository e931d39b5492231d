// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static io.hotbus.core.testing.TestOs.LINUX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestHugepages;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class HugepageAllocatorTest {
    private static final Path REAL_POOL = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB");
    private static final Path PAGEMAP = Path.of("/proc/self/pagemap");
    private static final Path PROC = Path.of("/proc");
    private static final long HUGEPAGE = 2 << 20;
    private static final CoreSettings SETTINGS = new CoreSettings();

    @TempDir
    private Path sysfs;

    private HugepageAllocator withPool(int total, int free) throws IOException {
        Path pool = Files.createDirectories(sysfs.resolve("kernel/mm/hugepages/hugepages-2048kB"));
        Files.writeString(pool.resolve("nr_hugepages"), total + "\n");
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
        return new HugepageAllocator(LINUX, new DmaMappers(SETTINGS), SETTINGS, sysfs, PAGEMAP,
                PROC);
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
    void shouldShareOrdinaryPagesOnlyWhereTheSettingSaysSo() throws Exception {
        HugepageAllocator sharing = new HugepageAllocator(LINUX, new DmaMappers(SETTINGS),
                new CoreSettings(Map.of("hugepages", false, "shared.memory", true)));
        int fd;
        try (DmaMemory own = withPool(0, 0).allocate("own", 1);
                DmaMemory shared = sharing.allocate("shared", 1)) {
            fd = shared.fd();
            assertThat(own.fd()).isEqualTo(-1);
            assertThat(LINUX.keepsItsSize(fd)).isTrue();
        }
        assertThatThrownBy(() -> LINUX.keepsItsSize(fd)).hasMessageContaining("EBADF");
    }

    @Test
    void shouldTakeOrdinaryPagesWhereHugepagesAreTurnedOff() throws IOException {
        withPool(10, 10);
        try (LogLines log = new LogLines();
                DmaMemory memory = new HugepageAllocator(LINUX, new DmaMappers(SETTINGS),
                        new CoreSettings(Map.of("hugepages", false)), sysfs, PAGEMAP, PROC)
                        .allocate("mempool", HUGEPAGE)) {
            assertThat(memory.pageSize()).isEqualTo(LINUX.pageSize());
            assertThat(log.of(Level.INFO)).noneMatch(line -> line.contains("sysctl"));
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
        assertThat(Mappings.contains(memory.address())).isTrue();
        try (LogLines log = new LogLines()) {
            memory.close();
            assertThat(Mappings.contains(memory.address())).isFalse();
            memory.close();
            assertThat(log.of(Level.ERROR)).isEmpty();
        }
    }

    @Test
    void shouldTakeOrdinaryPagesWhereTheKernelHasNoPool() throws IOException {
        HugepageAllocator allocator = new HugepageAllocator(
                LINUX, new DmaMappers(SETTINGS), SETTINGS, sysfs.resolve("none"), PAGEMAP,
                PROC);
        try (DmaMemory memory = allocator.allocate("ring", 1)) {
            assertThat(memory.length()).isEqualTo(LINUX.pageSize());
        }
    }

    @Test
    void shouldTakeOrdinaryPagesWhereAnotherWasFaster() throws IOException {
        assumeTrue(free() == 0, "hugepages are free on this machine");
        HugepageAllocator allocator = withPool(4, 4); // its information is out of date
        try (LogLines log = new LogLines(); DmaMemory memory = allocator.allocate("ring", 1);
                DmaMemory more = allocator.allocate("more", 1)) {
            assertThat(memory.pageSize()).isEqualTo(LINUX.pageSize());
            assertThat(log.of(Level.WARN)).singleElement().asString()
                    .contains("ring: from ordinary pages, though 1 hugepages", "ENOMEM",
                            "another process was faster");
        }
    }

    @Test
    void shouldNotCountOnHugepagesThatArePromised() throws IOException {
        HugepageAllocator allocator = withPool(4, 4);
        Files.writeString(sysfs.resolve("kernel/mm/hugepages/hugepages-2048kB/resv_hugepages"),
                "4\n");
        try (LogLines log = new LogLines(); DmaMemory memory = allocator.allocate("ring", 1)) {
            assertThat(memory.pageSize()).isEqualTo(LINUX.pageSize());
            assertThat(log.of(Level.WARN)).isEmpty();
            assertThat(log.of(Level.INFO)).singleElement().asString()
                    .contains("sysctl vm.nr_hugepages=5");
        }
    }

    @Test
    void shouldRefuseMoreThanTheMachineHasBeforeItIsTaken() throws IOException {
        HugepageAllocator allocator = withPool(0, 0);
        assertThatThrownBy(() -> allocator.allocate("mempool x", 1L << 44))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("mempool x: 16777217 MiB are needed, \\d+ MiB are left of .+");
    }

    @Test
    void shouldTakeHugepages() throws IOException {
        assumeTrue(free() >= 2, "no 2 hugepages of 2 MiB are free on this machine");
        try (DmaMemory memory = new HugepageAllocator(LINUX, new DmaMappers(SETTINGS), SETTINGS)
                .allocate("pool", HUGEPAGE + 1, 0)) {
            assertThat(memory.pageSize()).isEqualTo(HUGEPAGE);
            assertThat(memory.length()).isEqualTo(2 * HUGEPAGE);
            assertThat(memory.address() % HUGEPAGE).isZero();
            RawMemory.putLong(memory.address() + 2 * HUGEPAGE - 8, 1);
            long iova = memory.iova(memory.address() + HUGEPAGE + 5);
            if (maySeeFrames()) {
                assertThat(memory.iovaMode()).isEqualTo(IovaMode.PA);
                assertThat(iova % HUGEPAGE).isEqualTo(5);
                assertThat(iova).isNotEqualTo(memory.address() + HUGEPAGE + 5);
            } else {
                assertThat(iova).isEqualTo(memory.address() + HUGEPAGE + 5);
            }
        }
    }

    @Test
    void shouldGiveDevicesThePhysicalAddressesOfHugepages() throws IOException {
        TestHugepages machine = new TestHugepages(sysfs, 0x140000, 0x80000).pool(4, 4);
        HugepageAllocator allocator = on(machine);
        try (LogLines log = new LogLines();
                DmaMemory memory = allocator.allocate("pool", 2 * HUGEPAGE);
                DmaMemory more = allocator.allocate("more", 1)) {
            long address = memory.address();
            assertThat(memory.iovaMode()).isEqualTo(IovaMode.PA);
            assertThat(memory.iova(address)).isEqualTo(0x1_4000_0000L);
            assertThat(memory.iova(address + HUGEPAGE - 1)).isEqualTo(0x1_401f_ffffL);
            assertThat(memory.iova(address + HUGEPAGE + 64)).isEqualTo(0x8000_0040L);
            assertThatThrownBy(() -> memory.iova(address + 2 * HUGEPAGE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(more.pageSize()).isEqualTo(HUGEPAGE);
            assertThat(log.of(Level.INFO)).singleElement().asString()
                    .contains("IOVA mode PA", "physical addresses");
        }
    }

    @Test
    void shouldGiveVirtualAddressesWhereTheKernelHidesTheFrames() throws IOException {
        TestHugepages machine = new TestHugepages(sysfs, 0, 0).pool(4, 4);
        HugepageAllocator allocator = on(machine);
        try (LogLines log = new LogLines();
                DmaMemory memory = allocator.allocate("pool", 2 * HUGEPAGE);
                DmaMemory more = allocator.allocate("more", 1)) {
            assertThat(memory.iovaMode()).isEqualTo(IovaMode.VA);
            assertThat(memory.iova(memory.address() + 5)).isEqualTo(memory.address() + 5);
            assertThat(more.iovaMode()).isEqualTo(IovaMode.VA);
            assertThat(log.of(Level.INFO)).singleElement().asString()
                    .contains("IOVA mode VA", "not behind an IOMMU", "CAP_SYS_ADMIN");
        }
    }

    @Test
    void shouldNeverGiveThePhysicalAddressesOfOrdinaryPages() throws IOException {
        try (DmaMemory memory = withPool(0, 0).allocate("ring", 1)) {
            assertThat(memory.iovaMode()).isEqualTo(IovaMode.VA);
        }
    }

    @Test
    void shouldAskForMemoryOfTheNode() throws IOException {
        TestHugepages machine = new TestHugepages(sysfs).pool(4, 4).nodePool(1, 2, 2);
        HugepageAllocator allocator = on(machine);
        try (LogLines log = new LogLines();
                DmaMemory pages = allocator.allocate("pool", 2 * HUGEPAGE, 1);
                DmaMemory ordinary = allocator.allocate("large", 5 * HUGEPAGE, 0);
                DmaMemory any = allocator.allocate("ring", 1)) {
            assertThat(machine.nodes()).containsExactly(1, 0, -1);
            assertThat(log.of(Level.INFO)).noneMatch(line -> line.contains("another NUMA node"));
        }
    }

    @Test
    void shouldSayWhatIsOfAnotherNode() throws IOException {
        TestHugepages machine = new TestHugepages(sysfs).pool(4, 4).nodePool(1, 2, 1);
        try (LogLines log = new LogLines();
                DmaMemory memory = on(machine).allocate("pool", 3 * HUGEPAGE, 1)) {
            assertThat(memory.pageSize()).isEqualTo(HUGEPAGE);
            assertThat(log.of(Level.INFO)).anyMatch(line -> line.contains(
                    "pool: 2 of its 3 hugepages are from another NUMA node than 1"));
        }
    }

    private static HugepageAllocator on(TestHugepages machine) {
        return new HugepageAllocator(machine.linux(), new DmaMappers(SETTINGS), SETTINGS,
                machine.sysfs(), machine.pagemap(), PROC);
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
                .hasMessageContaining("are needed");
    }

    /** Whether this process has CAP_SYS_ADMIN. */
    private static boolean maySeeFrames() throws IOException {
        String effective = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("CapEff:")).findFirst().orElseThrow();
        return (Long.parseUnsignedLong(effective.split("\\s+")[1], 16) >> 21 & 1) != 0;
    }

    private static long free() throws IOException {
        return Long.parseLong(Files.readString(REAL_POOL.resolve("free_hugepages")).strip());
    }
}
