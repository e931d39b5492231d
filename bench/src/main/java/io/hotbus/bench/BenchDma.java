// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bench;

import io.hotbus.eal.mem.DmaAllocator;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.os.LinuxException;
import io.hotbus.os.internal.LinuxCalls;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Anonymous memory in ordinary pages, for mempools that no device reaches. Any thread. */
public final class BenchDma implements DmaAllocator {
    private static final long PAGE = 4096;

    private final LinuxCalls linux = new LinuxCalls();

    @Override
    public DmaMemory allocate(String name, long bytes, int numaNode) throws IOException {
        long length = (bytes + PAGE - 1) & -PAGE;
        return new Mapped(linux, linux.mapAnonymous(name, length, PAGE), length);
    }

    private static final class Mapped implements DmaMemory {
        private final LinuxCalls linux;
        private final long address;
        private final long length;
        private boolean closed;

        Mapped(LinuxCalls linux, long address, long length) {
            this.linux = linux;
            this.address = address;
            this.length = length;
        }

        @Override
        public long address() {
            return address;
        }

        @Override
        public long length() {
            return length;
        }

        @Override
        public long iova(long at) {
            return at;
        }

        @Override
        public long pageSize() {
            return PAGE;
        }

        @Override
        public synchronized void close() {
            if (closed) {
                return;
            }
            closed = true;
            try {
                linux.unmap(address, length);
            } catch (LinuxException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
