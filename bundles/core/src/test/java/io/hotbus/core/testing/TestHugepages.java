// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import static io.hotbus.core.testing.TestOs.LINUX;

import io.hotbus.os.Linux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Hugepages for a machine that has none reserved: ordinary pages at addresses that hugepages have,
 * with pools and a page map as the kernel shows them.
 */
public final class TestHugepages {
    public static final long SIZE = 2 << 20;
    private static final long PRESENT = 1L << 63;
    private static final String POOL = "hugepages/hugepages-2048kB";

    private final Path sysfs;
    private final Path pagemap;
    private final long[] frames;
    private final List<Integer> nodes = new ArrayList<>();

    /** The next pages have these frames, one each; a page that has none here is not present. */
    public TestHugepages(Path directory, long... frames) throws IOException {
        this.sysfs = directory.resolve("sys");
        this.pagemap = Files.createFile(directory.resolve("pagemap"));
        this.frames = frames;
    }

    public Path sysfs() {
        return sysfs;
    }

    public Path pagemap() {
        return pagemap;
    }

    /** The nodes that memory was asked of, in order. */
    public List<Integer> nodes() {
        return nodes;
    }

    /** How many the kernel has reserved on all nodes. */
    public TestHugepages pool(int total, int free) throws IOException {
        write(sysfs.resolve("kernel/mm").resolve(POOL), total, free);
        return this;
    }

    /** How many it has on one. */
    public TestHugepages nodePool(int node, int total, int free) throws IOException {
        write(sysfs.resolve("devices/system/node/node" + node).resolve(POOL), total, free);
        return this;
    }

    private static void write(Path pool, int total, int free) throws IOException {
        Files.createDirectories(pool);
        Files.writeString(pool.resolve("nr_hugepages"), total + "\n");
        Files.writeString(pool.resolve("free_hugepages"), free + "\n");
    }

    /** Maps them. */
    public Linux linux() {
        Linux ordinary = Calls.around(Linux.class, LINUX, "mapAnonymous", (arguments, call) -> {
            nodes.add((int) arguments[3]);
            return call.call();
        });
        return Calls.around(Linux.class, ordinary, "mapShared", (arguments, call) -> {
            nodes.add((int) arguments[3]);
            return (long) arguments[2] == SIZE ? new Linux.SharedMapping(
                    map((String) arguments[0], (long) arguments[1]), -1) : call.call();
        });
    }

    private long map(String what, long length) throws IOException {
        long around = LINUX.mapAnonymous(what, length + SIZE, LINUX.pageSize());
        long address = (around + SIZE - 1) / SIZE * SIZE;
        if (address > around) {
            LINUX.unmap(around, address - around);
        }
        if (address < around + SIZE) {
            LINUX.unmap(address + length, around + SIZE - address);
        }
        try (FileChannel channel = FileChannel.open(pagemap, StandardOpenOption.WRITE)) {
            for (int i = 0; i < frames.length; i++) {
                ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
                channel.write(entry.putLong(0, PRESENT | frames[i]),
                        (address + i * SIZE) / LINUX.pageSize() * Long.BYTES);
            }
        }
        return address;
    }
}
