// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.IovaMode;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A block of DMA memory: one mapping of whole pages. */
final class DmaBlock implements DmaMemory {
    private static final Logger LOG = LoggerFactory.getLogger(DmaBlock.class);

    private final Linux linux;
    private final DmaMappers mappers;
    private final String name;
    private final long address;
    private final long length;
    private final long pageSize;
    private final int fd;
    /** The physical address of each page; empty if devices get virtual addresses. */
    private final long[] physical;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Made now: the first removal would have to link it. */
    private final Runnable free = this::free;

    /** {@code memory}: its descriptor is -1 if no other process can map it. */
    DmaBlock(Linux linux, DmaMappers mappers, String name, Linux.SharedMapping memory, long length,
            long pageSize, long[] physical) {
        this.linux = linux;
        this.mappers = mappers;
        this.name = name;
        this.address = memory.address();
        this.fd = memory.fd();
        this.length = length;
        this.pageSize = pageSize;
        this.physical = physical;
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
    public long iova(long virtual) {
        long offset = virtual - address;
        if (Long.compareUnsigned(offset, length) >= 0) {
            throw new IllegalArgumentException("%#x is not in %s".formatted(virtual, this));
        }
        return iovaMode() == IovaMode.VA ? virtual
                : physical[(int) (offset / pageSize)] + offset % pageSize;
    }

    @Override
    public IovaMode iovaMode() {
        return physical.length == 0 ? IovaMode.VA : IovaMode.PA;
    }

    @Override
    public long pageSize() {
        return pageSize;
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            mappers.withdraw(this, free);
        }
    }

    /** Unmaps the memory without telling the mappers. */
    void free() {
        try {
            linux.unmap(address, length);
        } catch (LinuxException e) {
            LOG.error("{}: cannot be freed", this, e);
        }
        linux.close(fd);
    }

    @Override
    public String toString() {
        return "%s [%#x, +%#x)".formatted(name, address, length);
    }
}
