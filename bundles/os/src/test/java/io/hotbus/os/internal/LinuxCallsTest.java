// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LinuxCallsTest {
    private static final long HUGEPAGE = 2 << 20;

    private final Linux linux = new LinuxCalls();

    @Test
    void shouldShareTheMemoryOfAMemfd() throws LinuxException {
        final long page = linux.pageSize();
        final int fd = linux.memfd("shared", 2 * page);
        final long whole = linux.map("whole", 2 * page, fd, 0);
        final long second = linux.map("second page", page, fd, page);

        RawAccess.write32(whole + page + 8, 0xcafe);

        assertThat(RawAccess.read32(second + 8)).isEqualTo(0xcafe);
        linux.unmap(second, page);
        linux.unmap(whole, 2 * page);
        linux.close(fd);
    }

    @Test
    void shouldMapAnonymousMemory() throws LinuxException {
        final long address = linux.mapAnonymous("mempool", HUGEPAGE, linux.pageSize());

        RawAccess.write32(address + HUGEPAGE - Integer.BYTES, 1);

        assertThat(RawAccess.read64(address)).isZero();
        linux.unmap(address, HUGEPAGE);
    }

    @Test
    void shouldAskForTransparentHugepages() throws Exception {
        final Path enabled = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
        assumeTrue(Files.exists(enabled), "this kernel has no transparent hugepages");
        final long length = 2 * HUGEPAGE + linux.pageSize();

        final long address = linux.mapAnonymous("mempool", length, linux.pageSize());

        assertThat(address % HUGEPAGE).isZero();
        assertThat(AnonymousMemory.resident(address, length)).isEqualTo(length);
        assertThat(Files.readAllLines(Path.of("/proc/self/smaps")).stream()
                .dropWhile(line -> !line.startsWith("%x-".formatted(address)))
                .filter(line -> line.startsWith("VmFlags:")).findFirst()).get().asString()
                .contains(" hg ");
        linux.unmap(address, length);
    }

    @Test
    void shouldSeeWhichPagesAreThere() throws LinuxException {
        final long page = linux.pageSize();
        final int fd = linux.memfd("sparse", 5 * page);
        final long address = linux.map("sparse", 5 * page, fd, 0);
        assertThat(AnonymousMemory.resident(address, 5 * page)).isZero();

        RawAccess.write32(address, 1);
        RawAccess.write32(address + 3 * page, 1);

        assertThat(AnonymousMemory.resident(address, 5 * page)).isEqualTo(2 * page);
        assertThat(AnonymousMemory.resident(address, page + 1)).isEqualTo(page);
        linux.unmap(address, 5 * page);
        linux.close(fd);
    }

    @Test
    void shouldMapHugepages() throws Exception {
        assumeTrue(freeHugepages() > 0, "no free hugepage of 2 MiB on this machine");
        final int free = freeHugepages();

        final long address = linux.mapAnonymous("mempool", HUGEPAGE, HUGEPAGE);

        assertThat(address % HUGEPAGE).isZero();
        assertThat(freeHugepages()).isEqualTo(free - 1);
        linux.unmap(address, HUGEPAGE);
    }

    @Test
    void shouldMapMemoryThatAnotherProcessCanMap() throws Exception {
        for (final long size : freeHugepages() > 0 ? new long[] {linux.pageSize(), HUGEPAGE}
                : new long[] {linux.pageSize()}) {
            final Linux.SharedMapping here = linux.mapShared("mempool", HUGEPAGE, size, -1);
            final long there = linux.map("peer", HUGEPAGE, here.fd(), 0);

            RawAccess.write32(here.address() + HUGEPAGE - 4, 0x1234);

            assertThat(RawAccess.read32(there + HUGEPAGE - 4)).isEqualTo(0x1234);
            assertThat(linux.keepsItsSize(here.fd())).isTrue();
            assertThatExceptionOfType(LinuxException.class)
                    .isThrownBy(() -> linux.truncate(here.fd(), 2 * HUGEPAGE))
                    .withMessageContaining("EPERM");
            linux.unmap(there, HUGEPAGE);
            linux.unmap(here.address(), HUGEPAGE);
            linux.close(here.fd());
        }
    }

    @Test
    void shouldNotLetAChildProcessHaveThePages() throws Exception {
        final long address = linux.mapAnonymous("mempool", HUGEPAGE, linux.pageSize());

        // "dc": do not copy on fork.
        assertThat(linesOf("smaps", address)).filteredOn(line -> line.startsWith("VmFlags:"))
                .first().asString().contains(" dc");
        linux.unmap(address, HUGEPAGE);
    }

    @Test
    void shouldTakeTheMemoryOfANumaNodeAndLeaveTheThreadAsItWas() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/thread-self/numa_maps")), "a kernel without NUMA");
        final int node = Integer.parseInt(Files.readString(
                Path.of("/sys/devices/system/node/has_memory")).split("[-,\n]")[0]);
        final NumaPolicy before = NumaPolicy.current();

        final long address = linux.mapAnonymous("ring", HUGEPAGE, linux.pageSize(), node);

        assertThat(linesOf("numa_maps", address)).first().asString()
                .contains(" N" + node + "=").startsWith(Long.toHexString(address) + " default");
        assertThat(NumaPolicy.current()).isEqualTo(before);
        linux.unmap(address, HUGEPAGE);
    }

    @Test
    void shouldKeepThePolicyTheThreadWasGiven() throws Exception {
        final NumaPolicy given = NumaPolicy.preferring(0);
        final CompletableFuture<NumaPolicy> after = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                given.set();
                linux.unmap(linux.mapAnonymous("ring", 4096, 4096, 0), 4096);
                linux.unmap(linux.mapAnonymous("ring", 4096, 4096, 1023), 4096);
                after.complete(NumaPolicy.current());
            } catch (LinuxException e) {
                after.completeExceptionally(e);
            }
        });
        thread.start();
        thread.join();

        assertThat(after.get()).isEqualTo(given);
    }

    @Test
    void shouldTakeAnyNodeWhereThereIsNoSuch() throws LinuxException {
        final long address = linux.mapAnonymous("ring", 4096, 4096, 1023);

        RawAccess.write32(address, 1);

        linux.unmap(address, 4096);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> linux.mapAnonymous("ring", 4096, 4096, 1024));
    }

    /** Of the calling thread's file in /proc, from the mapping that begins at {@code address}. */
    private static List<String> linesOf(String file, long address) throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self", file)).stream()
                .dropWhile(line -> !line.startsWith(Long.toHexString(address))).toList();
    }

    private static int freeHugepages() throws IOException {
        final Path file = Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
        return Files.exists(file) ? Integer.parseInt(Files.readString(file).trim()) : 0;
    }

    @Test
    void shouldSayWhereHugepagesAreReserved() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.mapAnonymous("mempool", HUGEPAGE << 20, HUGEPAGE))
                .withMessageStartingWith("mmap(mempool, 2199023255552 bytes): ENOMEM ")
                .withMessageContaining("hugepages-2048kB/nr_hugepages")
                .returns(Errno.ENOMEM, LinuxException::errno);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> linux.mapAnonymous("mempool", 4096, 5000));
    }

    @Test
    void shouldNameTheCallAndTheErrno(@TempDir Path directory) {
        final String missing = directory.resolve("missing").toString();

        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.open(missing, false))
                .withMessage("open(" + missing + "): ENOENT (No such file or directory)")
                .returns(Errno.ENOENT, LinuxException::errno);
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.map("BAR0", 4096, -1, 0))
                .withMessage("mmap(BAR0, 4096 bytes): EBADF (Bad file descriptor)");
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.unmap(1, 4096))
                .withMessage("munmap(0x1, 4096 bytes): EINVAL (Invalid argument)");
    }

    @Test
    void shouldOpenAFileWhoseNameIsNotAscii(@TempDir Path directory) throws Exception {
        final String name = new String(Character.toChars(0xe9));
        assumeTrue(System.getProperty("sun.jnu.encoding").startsWith("UTF"), "no UTF-8 locale");
        final Path file = Files.createFile(directory.resolve(name));

        assertThatNoException().isThrownBy(
                () -> linux.close(linux.open(file.toString(), true)));
    }

    @Test
    void shouldSignalAnEventfdThatIsFull() throws LinuxException {
        final int eventfd = linux.eventfd();
        LibC.C.write(eventfd, new long[] {-2}, Long.BYTES);

        assertThatNoException().isThrownBy(() -> linux.signal(eventfd));

        assertThat(linux.drain(eventfd)).isTrue();
        linux.close(eventfd);
    }

    @Test
    void shouldIgnoreANegativeDescriptorWhenClosing() {
        assertThatNoException().isThrownBy(() -> linux.close(-1));
    }

    @Test
    void shouldPinOnlyTheCallingThread() throws Exception {
        final BitSet before = linux.affinity(0);
        assertThat(before.cardinality()).isPositive();
        final int cpu = before.length() - 1;
        final CompletableFuture<BitSet> pinned = new CompletableFuture<>();
        final CompletableFuture<Integer> threadId = new CompletableFuture<>();
        final Thread lcore = new Thread(() -> {
            try {
                linux.setAffinity(0, cpus(cpu));
                pinned.complete(linux.affinity(0));
                threadId.complete(linux.threadId());
            } catch (LinuxException e) {
                pinned.completeExceptionally(e);
            }
        });
        lcore.start();
        lcore.join();

        assertThat(pinned.get().stream()).containsExactly(cpu);
        assertThat(linux.affinity(0)).isEqualTo(before);
        assertThat(threadId.get()).isPositive().isNotEqualTo(linux.threadId());
    }

    @Test
    void shouldSetTheAffinityOfAnotherThread() throws Exception {
        final CompletableFuture<Integer> threadId = new CompletableFuture<>();
        final CountDownLatch done = new CountDownLatch(1);
        final Thread other = new Thread(() -> {
            threadId.complete(linux.threadId());
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        other.start();
        final BitSet first = cpus(linux.affinity(0).nextSetBit(0));

        linux.setAffinity(threadId.get(), first);

        assertThat(linux.affinity(threadId.get())).isEqualTo(first);
        done.countDown();
        other.join();
    }

    @Test
    void shouldLowerThePriorityOfTheCallingThread() throws Exception {
        final CompletableFuture<String> niceness = new CompletableFuture<>();
        final Thread polite = new Thread(() -> {
            try {
                linux.nice(7);
                // The 19th field of stat; the second, the name, has no blank in it here.
                niceness.complete(Files.readString(Path.of(
                        "/proc/self/task/" + linux.threadId() + "/stat")).split(" ")[18]);
            } catch (IOException e) {
                niceness.completeExceptionally(e);
            }
        }, "polite");
        polite.start();
        polite.join();

        assertThat(niceness.get()).isEqualTo("7");
    }

    @Test
    void shouldSayWhichCpuThereIsNot() {
        assertThatExceptionOfType(LinuxException.class)
                .isThrownBy(() -> linux.setAffinity(0, cpus(4095)))
                .withMessage("sched_setaffinity(thread 0, CPUs {4095}): EINVAL (Invalid argument)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> linux.setAffinity(0, cpus(4096)));
    }

    private static BitSet cpus(int cpu) {
        final BitSet cpus = new BitSet();
        cpus.set(cpu);
        return cpus;
    }

    @Test
    void shouldGiveTheNumberOfAnUnknownErrno() {
        assertThat(ErrnoText.of(Errno.EACCES)).isEqualTo("EACCES (Permission denied)");
        assertThat(ErrnoText.of(Errno.ENOTSUP)).isEqualTo("ENOTSUP (Operation not supported)");
        assertThat(ErrnoText.of(4000)).isEqualTo("errno 4000");
    }
}
