// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import static io.hotbus.os.internal.LibC.C;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link Linux} by the C library. */
@Component
public final class LinuxCalls implements Linux {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxCalls.class);

    /** The meaning of EAGAIN from mmap: after mlockall(MCL_FUTURE) each new page is locked. */
    private static final String LOCKED_TOO_MUCH =
            "; all memory is locked, and RLIMIT_MEMLOCK allows no more (ulimit -l)";
    private static final long[] ONE = {1};
    private static final int READ_WRITE = LibC.PROT_READ | LibC.PROT_WRITE;
    /** A CPU set of 4096 CPUs; the kernel refuses one that is too small for the machine. */
    private static final int CPU_SET_WORDS = 64;
    private static final int CPU_SET_BYTES = CPU_SET_WORDS * Long.BYTES;
    private static final int CLONE_NEWNET = 0x40000000;
    /** The C library has no function for bpf. Other architectures get ENOSYS. */
    private static final int SYS_BPF = Map.of("amd64", 321, "aarch64", 280)
            .getOrDefault(System.getProperty("os.arch"), -1);

    /** See {@link #SYS_BPF}. */
    private static final int SYS_MEMBARRIER = Map.of("amd64", 324, "aarch64", 283)
            .getOrDefault(System.getProperty("os.arch"), -1);
    /** MEMBARRIER_CMD_PRIVATE_EXPEDITED. */
    private static final int BARRIER = 1 << 3;
    /** MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED. */
    private static final int REGISTER_BARRIER = 1 << 4;

    /**
     * Links what an error needs now: an error is often the first sign of a removal, and there is no
     * time to link then.
     */
    public LinuxCalls() {
        LibC.errno();
        ErrnoText.of(Errno.EIO);
    }

    @Override
    public long pageSize() {
        return C.getpagesize();
    }

    @Override
    public int memfd(String name, long size) throws LinuxException {
        return memfd(name, size, 0, 0);
    }

    @Override
    public int sharedMemfd(String name, long size) throws LinuxException {
        return memfd(name, size, LibC.MFD_ALLOW_SEALING, LibC.F_SEAL_SHRINK);
    }

    static int memfd(String name, long size, int flags, int seals) throws LinuxException {
        final int fd = C.memfd_create(name, LibC.MFD_CLOEXEC | flags);
        if (fd < 0) {
            throw failure("memfd_create(" + name + ")");
        }
        try {
            if (C.ftruncate(fd, size) < 0) {
                throw failure("ftruncate(" + name + ", " + size + ")");
            }
            if (seals != 0 && C.fcntl(fd, LibC.F_ADD_SEALS, seals) < 0) {
                throw failure("fcntl(" + name + ", F_ADD_SEALS)");
            }
        } catch (LinuxException e) {
            C.close(fd);
            throw e;
        }
        return fd;
    }

    @Override
    public boolean keepsItsSize(int fd) throws LinuxException {
        final int seals = C.fcntl(fd, LibC.F_GET_SEALS, 0);
        if (seals < 0) {
            throw failure("fcntl(fd " + fd + ", F_GET_SEALS)");
        }
        return (seals & LibC.F_SEAL_SHRINK) != 0;
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
        return AnonymousMemory.map(what, length, pageSize);
    }

    @Override
    public long mapAnonymous(String what, long length, long pageSize, int numaNode)
            throws LinuxException {
        return AnonymousMemory.map(what, length, pageSize, numaNode);
    }

    @Override
    public SharedMapping mapShared(String what, long length, long pageSize, int numaNode)
            throws LinuxException {
        return AnonymousMemory.mapShared(what, length, pageSize, numaNode);
    }

    static long map(String what, long length, int flags, int fd, long offset, String cure)
            throws LinuxException {
        final long address = C.mmap(null, length, READ_WRITE, flags, fd, offset);
        if (address == LibC.MAP_FAILED) {
            final int errno = LibC.errno();
            throw new LinuxException("mmap(" + what + ", " + length + " bytes)", errno,
                    ErrnoText.of(errno) + (errno == Errno.EAGAIN ? LOCKED_TOO_MUCH : cure));
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
    public int read(int fd, ByteBuffer into) throws LinuxException {
        requireWritable(into);
        long bytes;
        do {
            bytes = C.read(fd, into, into.remaining());
        } while (isInterrupted(bytes));
        return transferred("read", fd, into, bytes);
    }

    @Override
    public int read(int fd, ByteBuffer into, long offset) throws LinuxException {
        requireWritable(into);
        long bytes;
        do {
            bytes = C.pread(fd, into, into.remaining(), offset);
        } while (isInterrupted(bytes));
        return transferred("pread", fd, into, bytes);
    }

    @Override
    public int write(int fd, ByteBuffer from) throws LinuxException {
        final ByteBuffer passed = passable(from);
        long bytes;
        do {
            bytes = C.write(fd, passed, passed.remaining());
        } while (isInterrupted(bytes));
        return transferred("write", fd, from, bytes);
    }

    @Override
    public int write(int fd, ByteBuffer from, long offset) throws LinuxException {
        final ByteBuffer passed = passable(from);
        long bytes;
        do {
            bytes = C.pwrite(fd, passed, passed.remaining(), offset);
        } while (isInterrupted(bytes));
        return transferred("pwrite", fd, from, bytes);
    }

    /** Throws for a read-only buffer. JNR-FFI does not check, and would write into a direct one. */
    private static void requireWritable(ByteBuffer buffer) {
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
    }

    /** Returns a buffer that JNR-FFI accepts: it rejects a read-only buffer on the heap. */
    private static ByteBuffer passable(ByteBuffer from) {
        return from.isDirect() || from.hasArray() ? from
                : ByteBuffer.allocate(from.remaining()).put(from.duplicate()).flip();
    }

    private static boolean isInterrupted(long result) {
        return result < 0 && LibC.errno() == Errno.EINTR;
    }

    private static int transferred(String call, int fd, ByteBuffer buffer, long bytes)
            throws LinuxException {
        if (bytes < 0) {
            throw failure(call + "(fd " + fd + ", " + buffer.remaining() + " bytes)");
        }
        buffer.position(buffer.position() + (int) bytes);
        return (int) bytes;
    }

    @Override
    public int ioctl(String call, int fd, long request, long argument) throws LinuxException {
        return checked(call, C.ioctl(fd, request, argument));
    }

    @Override
    public int ioctl(String call, int fd, long request, ByteBuffer argument)
            throws LinuxException {
        requireWritable(argument);
        return checked(call, C.ioctl(fd, request, argument.duplicate().clear()));
    }

    private static int checked(String call, int result) throws LinuxException {
        if (result < 0) {
            throw failure("ioctl(" + call + ")");
        }
        return result;
    }

    @Override
    public int bpf(String call, int command, ByteBuffer attributes) throws LinuxException {
        final int result = (int) C.syscall(SYS_BPF, command, attributes, attributes.remaining());
        if (result < 0) {
            throw failure("bpf(" + call + ")");
        }
        return result;
    }

    @Override
    public void membarrier() throws LinuxException {
        if (C.syscall(SYS_MEMBARRIER, BARRIER, 0, 0) < 0) {
            // EPERM: the process has not said yet that it uses this.
            if (C.syscall(SYS_MEMBARRIER, REGISTER_BARRIER, 0, 0) < 0
                    || C.syscall(SYS_MEMBARRIER, BARRIER, 0, 0) < 0) {
                throw failure("membarrier");
            }
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
        // EAGAIN: the counter is full, so the threads that poll it wake anyway.
        if (C.write(eventfd, ONE, Long.BYTES) < 0 && LibC.errno() != Errno.EAGAIN) {
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
    public Polled pollAll(int timeoutMillis, int... fds) throws LinuxException {
        // Plain heap memory, which JNR-FFI copies in and out: nothing to free.
        final int[] pollfds = new int[2 * fds.length];
        for (int i = 0; i < fds.length; i++) {
            pollfds[2 * i] = fds[i];
            pollfds[2 * i + 1] = LibC.POLLIN;
        }
        final Polled polled = new Polled(new BitSet(), new BitSet());
        if (C.poll(pollfds, fds.length, timeoutMillis) < 0) {
            if (LibC.errno() == Errno.EINTR) {
                return polled;
            }
            throw failure("poll(" + fds.length + " descriptors)");
        }
        for (int i = 0; i < fds.length; i++) {
            final int events = pollfds[2 * i + 1] >>> Short.SIZE;
            if (events != 0) {
                (events == LibC.POLLNVAL ? polled.notOpen() : polled.readable()).set(i);
            }
        }
        return polled;
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
    public void enterNetworkNamespace(String path) throws LinuxException {
        final int fd = open(path, false);
        try {
            if (C.setns(fd, CLONE_NEWNET) < 0) {
                throw failure("setns(" + path + ")");
            }
        } finally {
            close(fd);
        }
    }

    @Override
    public int threadId() {
        return C.gettid();
    }

    /** Creates the exception for {@code call}, the last call on this thread. */
    static LinuxException failure(String call) {
        final int errno = LibC.errno();
        return new LinuxException(call, errno, ErrnoText.of(errno));
    }
}
