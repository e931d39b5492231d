// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Finds the physical addresses of the pages of this process.
 *
 * @see <a href="https://docs.kernel.org/admin-guide/mm/pagemap.html">pagemap</a>
 */
final class Pagemap {
    private static final long PRESENT = 1L << 63;
    private static final long FRAME = (1L << 55) - 1;

    private final Path file;
    private final long entrySpan;

    /** {@code entrySpan}: bytes that one entry describes, which is the smallest page size. */
    Pagemap(Path file, long entrySpan) {
        this.file = file;
        this.entrySpan = entrySpan;
    }

    /**
     * Returns the physical address of each hugepage. Works on an interrupted thread, too, where a
     * FileChannel would be closed.
     *
     * @throws IOException the kernel does not reveal the addresses; the message says why
     */
    long[] physical(long address, int pages, long pageSize) throws IOException {
        long[] physical = new long[pages];
        ByteBuffer entry = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        try (RandomAccessFile entries = new RandomAccessFile(file.toFile(), "r")) {
            for (int i = 0; i < pages; i++) {
                entries.seek((address + i * pageSize) / entrySpan * Long.BYTES);
                if (entries.read(entry.array()) != Long.BYTES) {
                    throw new IOException(file + " ends before the page");
                }
                physical[i] = physical(entry.getLong(0), pageSize);
            }
        }
        return physical;
    }

    private long physical(long entry, long pageSize) throws IOException {
        long physical = (entry & FRAME) * entrySpan;
        if ((entry & PRESENT) == 0) {
            throw new IOException("%s has no page there (%#x)".formatted(file, entry));
        }
        if (physical == 0) {
            throw new IOException(file + " hides the frames of the pages (is CAP_SYS_ADMIN, which "
                    + "root has, missing?)");
        }
        if (physical % pageSize != 0) {
            throw new IOException("%s has no hugepage there (%#x)".formatted(file, physical));
        }
        return physical;
    }
}
