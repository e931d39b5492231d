// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.util.BitSet;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Linux system calls. Any thread; none but {@link #poll} blocks. Lengths and offsets in bytes. What
 * fails throws a {@link LinuxException} that names the call, what it was about and the errno.
 */
@ProviderType
public interface Linux {
    /** Bytes in a page. */
    long pageSize();

    /** memfd_create, close-on-exec, and ftruncate to {@code size}. Returns the descriptor. */
    int memfd(String name, long size) throws LinuxException;

    /** ftruncate: whoever accesses a mapping past the new end gets SIGBUS. */
    void truncate(int fd, long size) throws LinuxException;

    /** open(2), read-write where {@code writable}, close-on-exec. */
    int open(String path, boolean writable) throws LinuxException;

    /** close(2). A negative descriptor is ignored. */
    void close(int fd);

    /** mmap, shared and read-write. {@code what} is for words. Returns the address. */
    long map(String what, long length, int fd, long offset) throws LinuxException;

    /**
     * mmap, anonymous, private, read-write, populated.
     *
     * @param pageSize {@link #pageSize()}, or a hugepage size the kernel has reserved pages of
     */
    long mapAnonymous(String what, long length, long pageSize) throws LinuxException;

    /** munmap. */
    void unmap(long address, long length) throws LinuxException;

    /** eventfd, non-blocking, close-on-exec, with the value 0. */
    int eventfd() throws LinuxException;

    /** Adds 1 to an eventfd: whoever polls it wakes. */
    void signal(int eventfd) throws LinuxException;

    /** Sets an eventfd to 0; whether it was not. */
    boolean drain(int eventfd) throws LinuxException;

    /**
     * poll(2) for reading. Blocks the calling thread, in native state: no safepoint waits for it.
     *
     * @param timeoutMillis -1 for ever
     * @return a bit for each descriptor that is readable or has an error, bit 0 the first; 0 on
     *     timeout or EINTR
     */
    int poll(int timeoutMillis, int... fds) throws LinuxException;

    /** The CPUs a thread may run on. {@code thread}: its kernel id, or 0 for the calling one. */
    BitSet affinity(int thread) throws LinuxException;

    /** Has a thread run on {@code cpus} alone; {@code thread} as in {@link #affinity}. */
    void setAffinity(int thread, BitSet cpus) throws LinuxException;

    /**
     * setpriority on the calling thread: how readily it leaves the CPU to others.
     *
     * @param niceness 0 (as they start) to 19 (most readily)
     */
    void nice(int niceness) throws LinuxException;

    /** gettid. */
    int threadId();
}
