// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.util.Arrays;
import java.util.BitSet;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Linux} by the C library. */
@Component
public final class LinuxCalls implements Linux {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxCalls.class);

    private static final int READ_WRITE = LibC.PROT_READ | LibC.PROT_WRITE;
    /** A CPU set of 4096 CPUs; the kernel refuses one that is too small for the machine. */
    private static final int CPU_SET_WORDS = 64;
    private static final int CPU_SET_BYTES = CPU_SET_WORDS * Long.BYTES;

    @Override
    public long pageSize() {
        return C.getpagesize();
    }

    @Override
    public int memfd(String name, long size) throws LinuxException {
        final int fd = C.memfd_create(name, LibC.MFD_CLOEXEC);
        if (fd < 0) {
            throw failure("memfd_create(" + name + ")");
        }
        try {
            truncate(fd, size);
        } catch (LinuxException e) {
            close(fd);
            throw e;
        }
        return fd;
    }

    @Override
    public void truncate(int fd, long size) throws LinuxException {
        if (C.ftruncate(fd, size) < 0) {
            throw failure("ftruncate(fd " + fd + ", " + size + ")");
        }
    }

    @Override
    public int open(String path, boolean writable) throws LinuxException {
        final int fd = C.open(path, (writable ? LibC.O_RDWR : LibC.O_RDONLY) | LibC.O_CLOEXEC);
        if (fd < 0) {
            throw failure("open(" + path + ")");
        }
        return fd;
    }

    @Override
    public void close(int fd) {
        if (fd >= 0 && C.close(fd) < 0) {
            // Linux has closed it nevertheless, unless it was not open: a bug of the caller.
            LOG.warn("close(fd {}): {}", fd, ErrnoText.of(LibC.errno()));
        }
    }

    @Override
    public long map(String what, long length, int fd, long offset) throws LinuxException {
        return map(what, length, LibC.MAP_SHARED, fd, offset, "");
    }

    @Override
    public long mapAnonymous(String what, long length, long pageSize) throws LinuxException {
        final int flags = LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_POPULATE;
        if (pageSize == pageSize()) {
            return map(what, length, flags, -1, 0, "");
        }
        if (Long.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("not a page size: " + pageSize);
        }
        final int log2 = Long.numberOfTrailingZeros(pageSize);
        return map(what, length, flags | LibC.MAP_HUGETLB | log2 << LibC.MAP_HUGE_SHIFT, -1, 0,
                "; are enough pages reserved in /sys/kernel/mm/hugepages/hugepages-"
                        + (pageSize >> 10) + "kB/nr_hugepages?");
    }

    private long map(String what, long length, int flags, int fd, long offset, String cure)
            throws LinuxException {
        final long address = C.mmap(null, length, READ_WRITE, flags, fd, offset);
        if (address == LibC.MAP_FAILED) {
            final int errno = LibC.errno();
            throw new LinuxException("mmap(" + what + ", " + length + " bytes)", errno,
                    ErrnoText.of(errno) + cure);
        }
        return address;
    }

    @Override
    public void unmap(long address, long length) throws LinuxException {
        if (C.munmap(address, length) < 0) {
            throw failure("munmap(0x" + Long.toHexString(address) + ", " + length + " bytes)");
        }
    }

    @Override
    public int eventfd() throws LinuxException {
        final int fd = C.eventfd(0, LibC.EFD_NONBLOCK | LibC.EFD_CLOEXEC);
        if (fd < 0) {
            throw failure("eventfd");
        }
        return fd;
    }

    @Override
    public void signal(int eventfd) throws LinuxException {
        // EAGAIN: the counter is full, so whoever polls it wakes anyway.
        if (C.write(eventfd, new long[] {1}, Long.BYTES) < 0 && LibC.errno() != Errno.EAGAIN) {
            throw failure("write(eventfd " + eventfd + ")");
        }
    }

    @Override
    public boolean drain(int eventfd) throws LinuxException {
        if (C.read(eventfd, new long[1], Long.BYTES) >= 0) {
            return true;
        }
        if (LibC.errno() == Errno.EAGAIN) {
            return false;
        }
        throw failure("read(eventfd " + eventfd + ")");
    }

    @Override
    public int poll(int timeoutMillis, int... fds) throws LinuxException {
        if (fds.length > Integer.SIZE) {
            throw new IllegalArgumentException(fds.length + " descriptors do not fit in an int");
        }
        // Plain heap memory, which JNR-FFI copies in and out: nothing to free.
        final int[] pollfds = new int[2 * fds.length];
        for (int i = 0; i < fds.length; i++) {
            pollfds[2 * i] = fds[i];
            pollfds[2 * i + 1] = LibC.POLLIN;
        }
        if (C.poll(pollfds, fds.length, timeoutMillis) < 0) {
            if (LibC.errno() == Errno.EINTR) {
                return 0;
            }
            throw failure("poll");
        }
        int ready = 0;
        for (int i = 0; i < fds.length; i++) {
            if (pollfds[2 * i + 1] >>> 16 != 0) {
                ready |= 1 << i;
            }
        }
        return ready;
    }

    @Override
    public BitSet affinity(int thread) throws LinuxException {
        final long[] cpus = new long[CPU_SET_WORDS];
        if (C.sched_getaffinity(thread, CPU_SET_BYTES, cpus) < 0) {
            throw failure("sched_getaffinity(thread " + thread + ")");
        }
        return BitSet.valueOf(cpus);
    }

    @Override
    public void setAffinity(int thread, BitSet cpus) throws LinuxException {
        if (cpus.length() > CPU_SET_WORDS * Long.SIZE) {
            throw new IllegalArgumentException("no such CPU: " + (cpus.length() - 1));
        }
        final long[] words = Arrays.copyOf(cpus.toLongArray(), CPU_SET_WORDS);
        if (C.sched_setaffinity(thread, CPU_SET_BYTES, words) < 0) {
            throw failure("sched_setaffinity(thread " + thread + ", CPUs " + cpus + ")");
        }
    }

    @Override
    public void nice(int niceness) throws LinuxException {
        if (C.setpriority(LibC.PRIO_PROCESS, 0, niceness) < 0) {
            throw failure("setpriority(" + niceness + ")");
        }
    }

    @Override
    public int threadId() {
        return C.gettid();
    }

    private static LinuxException failure(String call) {
        final int errno = LibC.errno();
        return new LinuxException(call, errno, ErrnoText.of(errno));
    }
}
