// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Encoding;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.SaveError;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/**
 * The functions of the C library that the platform calls. A call that fails returns -1; {@link
 * #errno()} on the same thread then returns its errno. Public for JNR-FFI only.
 *
 * <p>Every output argument is an input, too ({@code @In @Out}). JNR-FFI (2.3.4) does not clear the
 * memory that it passes to C for an {@code @Out} alone, not even with {@code @Clear}, and so
 * returns garbage where C wrote nothing.
 */
public interface LibC {
    /** Needs glibc 2.30 (2019) for gettid. */
    LibC C = LibraryLoader.create(LibC.class).failImmediately().load("c");

    int O_RDONLY = 0;
    int O_RDWR = 02;
    int O_CLOEXEC = 02000000;
    int MFD_CLOEXEC = 1;
    int MFD_ALLOW_SEALING = 2;
    int MFD_HUGETLB = 4;
    int F_ADD_SEALS = 1033;
    int F_GET_SEALS = 1034;
    int F_SEAL_SHRINK = 2;
    int F_SEAL_GROW = 4;
    int EFD_NONBLOCK = 04000;
    int EFD_CLOEXEC = 02000000;
    int PRIO_PROCESS = 0;

    int PROT_READ = 1;
    int PROT_WRITE = 2;
    int MAP_SHARED = 0x01;
    int MAP_PRIVATE = 0x02;
    int MAP_ANONYMOUS = 0x20;
    int MAP_POPULATE = 0x8000;
    int MAP_HUGETLB = 0x40000;
    /** The flags contain the binary logarithm of the hugepage size from this bit upwards. */
    int MAP_HUGE_SHIFT = 26;
    long MAP_FAILED = -1;
    int MADV_DONTFORK = 10;
    int MADV_HUGEPAGE = 14;
    int MADV_POPULATE_WRITE = 23;
    int POLLIN = 0x01;
    int POLLNVAL = 0x20;

    @SaveError
    int open(@Encoding("UTF-8") String path, int flags);

    @SaveError
    int close(int fd);

    @SaveError
    @ssize_t
    long read(int fd, @In @Out long[] words, @size_t long bytes);

    @SaveError
    @ssize_t
    long write(int fd, @In long[] words, @size_t long bytes);

    /** read(2). Bytes that are not read stay as they are. */
    @SaveError
    @ssize_t
    long read(int fd, @In @Out ByteBuffer into, @size_t long bytes);

    @SaveError
    @ssize_t
    long write(int fd, @In ByteBuffer from, @size_t long bytes);

    /** pread(2). See {@link #read(int, ByteBuffer, long)}. */
    @SaveError
    @ssize_t
    long pread(int fd, @In @Out ByteBuffer into, @size_t long bytes, @off_t long offset);

    @SaveError
    @ssize_t
    long pwrite(int fd, @In ByteBuffer from, @size_t long bytes, @off_t long offset);

    /**
     * Variadic in C; on x86-64 and aarch64 Linux such an integer or pointer is passed as any other.
     */
    @SaveError
    int ioctl(int fd, long request, long argument);

    @SaveError
    int ioctl(int fd, long request, @In @Out ByteBuffer argument);

    @SaveError
    int memfd_create(@Encoding("UTF-8") String name, int flags);

    @SaveError
    int ftruncate(int fd, @off_t long length);

    /**
     * mmap(2). The Pointer keeps JNR-FFI (2.3.4) from using one of its x86-64 stubs for plain
     * integers, which pass garbage as the sixth argument.
     */
    @SaveError
    long mmap(Pointer address, @size_t long length, int protection, int flags, int fd,
            @off_t long offset);

    @SaveError
    int munmap(long address, @size_t long length);

    @SaveError
    int madvise(long address, @size_t long length, int advice);

    /** @param resident a byte for each page of the smallest kind, which C writes */
    @SaveError
    int mincore(long address, @size_t long length, @In @Out byte[] resident);

    /** get_mempolicy(2) of the calling thread: {@code address} and {@code flags} are 0. */
    @SaveError
    long syscall(long number, @In @Out int[] mode, @In @Out long[] nodes, long maxNode,
            long address, long flags);

    /** set_mempolicy(2). */
    @SaveError
    long syscall(long number, long mode, @In long[] nodes, long maxNode);

    /** bpf(2): {@code number} is its number on this architecture. */
    @SaveError
    long syscall(long number, int command, @In @Out ByteBuffer attributes, int length);

    /** membarrier(2): {@code number} is its number on this architecture. */
    @SaveError
    long syscall(long number, int command, int flags, int cpu);

    @SaveError
    int eventfd(int value, int flags);

    /** @param pollfds for each descriptor two words: fd, then events | revents &lt;&lt; 16 */
    @SaveError
    int poll(@In @Out int[] pollfds, long count, int timeoutMillis);

    /** @param thread 0 is the calling thread */
    @SaveError
    int sched_getaffinity(int thread, @size_t long bytes, @In @Out long[] cpus);

    @SaveError
    int sched_setaffinity(int thread, @size_t long bytes, @In long[] cpus);

    @SaveError
    int setpriority(int which, int who, int priority);

    /** Moves the calling thread into a namespace. */
    @SaveError
    int setns(int fd, int type);

    @SaveError
    int socket(int domain, int type, int protocol);

    @SaveError
    int bind(int fd, @In ByteBuffer address, int length);

    @SaveError
    int connect(int fd, @In ByteBuffer address, int length);

    @SaveError
    int listen(int fd, int backlog);

    @SaveError
    int accept4(int fd, Pointer address, Pointer length, int flags);

    /** Variadic in C. See {@link #ioctl(int, long, long)}. */
    @SaveError
    int fcntl(int fd, int command, long argument);

    @SaveError
    int setsockopt(int fd, int level, int option, @In ByteBuffer value, int length);

    @SaveError
    int getsockopt(int fd, int level, int option, @In @Out ByteBuffer value,
            @In @Out int[] length);

    @SaveError
    int getsockname(int fd, @In @Out ByteBuffer address, @In @Out int[] length);

    @SaveError
    @ssize_t
    long sendmsg(int fd, Pointer header, int flags);

    @SaveError
    @ssize_t
    long recvmsg(int fd, Pointer header, int flags);

    int gettid();

    int getpagesize();

    /** The errno of the last call that failed on this thread. */
    static int errno() {
        return Runtime.getRuntime(C).getLastError();
    }
}
