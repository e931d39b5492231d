// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import java.nio.ByteBuffer;
import java.util.BitSet;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Linux system calls. Any thread. Only {@link #pollAll} blocks, and {@link #read} and {@link
 * #ioctl} where they say so. Lengths and offsets are in bytes. A call that fails throws a {@link
 * LinuxException} that names the call, its subject and the errno.
 */
@ProviderType
public interface Linux {
    /**
     * The result of {@link #pollAll}, as indices into its descriptors.
     *
     * @param readable descriptors that are readable, have an error or were hung up
     * @param notOpen  numbers that are not open in this process: closed while still in use
     */
    record Polled(BitSet readable, BitSet notOpen) {
    }

    /** Bytes in a page. */
    long pageSize();

    /** memfd_create, close-on-exec, and ftruncate to {@code size}. Returns the descriptor. */
    int memfd(String name, long size) throws LinuxException;

    /**
     * Creates a memfd like {@link #memfd} for a process that maps it, too: no process can make it
     * shorter from now on (F_SEAL_SHRINK).
     */
    int sharedMemfd(String name, long size) throws LinuxException;

    /**
     * Whether no process can make the memory {@code fd} shorter (F_GET_SEALS, F_SEAL_SHRINK).
     *
     * @throws LinuxException EINVAL: the file is not in memory
     */
    boolean keepsItsSize(int fd) throws LinuxException;

    /** ftruncate: an access to a mapping past the new end is a SIGBUS. */
    void truncate(int fd, long size) throws LinuxException;

    /** open(2), read-write if {@code writable}, close-on-exec. */
    int open(String path, boolean writable) throws LinuxException;

    /** close(2). A negative descriptor is ignored. */
    void close(int fd);

    /** mmap, shared and read-write. {@code what} is for messages. Returns the address. */
    long map(String what, long length, int fd, long offset) throws LinuxException;

    /**
     * mmap, anonymous, private, read-write, populated: every page is present, or ENOMEM is thrown,
     * for example if a control group allows fewer hugepages than are free. A child process does not
     * get the mapping, so a fork does not move any page. Ordinary pages become
     * transparent hugepages where the kernel has these.
     *
     * @param pageSize {@link #pageSize()}, or a hugepage size the kernel has reserved pages of
     */
    long mapAnonymous(String what, long length, long pageSize) throws LinuxException;

    /**
     * Does {@link #mapAnonymous(String, long, long)} with memory of a NUMA node, if the node has
     * any left. If there is no such node, or the kernel does not allow the choice, the memory is
     * from any node, and the log says so.
     *
     * @param numaNode 0 to 1023, or -1 for any
     */
    long mapAnonymous(String what, long length, long pageSize, int numaNode) throws LinuxException;

    /**
     * Memory that another process can map.
     *
     * @param address where this process has it
     * @param fd      its memfd, close-on-exec, which belongs to the caller
     */
    record SharedMapping(long address, int fd) {
    }

    /**
     * Does {@link #mapAnonymous(String, long, long, int)} with memory that other processes can map,
     * too: a memfd whose size no process can change (F_SEAL_SHRINK, F_SEAL_GROW). Ordinary pages
     * become transparent hugepages only if the kernel does that for shared memory.
     */
    SharedMapping mapShared(String what, long length, long pageSize, int numaNode)
            throws LinuxException;

    /** munmap. */
    void unmap(long address, long length) throws LinuxException;

    /**
     * read(2) into what remains of {@code into}, advancing it by what was read. Blocks only if the
     * descriptor does; handles EINTR. The buffer may be on the heap or direct.
     *
     * @return bytes read; 0 at the end of the file
     */
    int read(int fd, ByteBuffer into) throws LinuxException;

    /** write(2) of what remains of {@code from}, advancing it. See {@link #read}. */
    int write(int fd, ByteBuffer from) throws LinuxException;

    /** pread(2): like {@link #read}, from {@code offset} of the file. */
    int read(int fd, ByteBuffer into, long offset) throws LinuxException;

    /** pwrite(2): like {@link #write}, to {@code offset} of the file. */
    int write(int fd, ByteBuffer from, long offset) throws LinuxException;

    /**
     * ioctl(2) with a number. Blocks if the driver does. The driver's manual says whether to call
     * again after EINTR.
     *
     * @param call the request's name and its subject, for messages
     * @return what the call returns, not negative
     */
    int ioctl(String call, int fd, long request, long argument) throws LinuxException;

    /**
     * ioctl(2) with a structure, copied in and out: all of {@code argument}, in its byte order,
     * independent of its position. See {@link #ioctl(String, int, long, long)}.
     */
    int ioctl(String call, int fd, long request, ByteBuffer argument) throws LinuxException;

    /**
     * bpf(2). Addresses in {@code attributes} are those of native memory.
     *
     * @param call the command's name and its subject, for messages
     * @param attributes a {@code union bpf_attr} up to its limit, in the native byte order
     * @return what the call returns, not negative: often a descriptor
     */
    int bpf(String call, int command, ByteBuffer attributes) throws LinuxException;

    /**
     * membarrier(2), private and expedited: when this returns, every thread of the process has
     * passed a full memory barrier since the call began. So a thread that stores and then loads
     * needs none of its own, if the other side calls this between its store and its load.
     *
     * @throws LinuxException ENOSYS or EPERM: the kernel, or a sandbox, does not have it
     */
    void membarrier() throws LinuxException;

    /** eventfd, non-blocking, close-on-exec, with the value 0. */
    int eventfd() throws LinuxException;

    /** Adds 1 to an eventfd: the threads that poll it wake. */
    void signal(int eventfd) throws LinuxException;

    /** Sets an eventfd to 0. Returns whether it was not 0. */
    boolean drain(int eventfd) throws LinuxException;

    /**
     * poll(2) for reading, of any number of descriptors. Blocks the calling thread, in native
     * state: no safepoint waits for it. A file that is closed meanwhile is released only when this
     * method returns.
     *
     * @param timeoutMillis -1 for no limit
     * @return none on timeout or EINTR
     */
    Polled pollAll(int timeoutMillis, int... fds) throws LinuxException;

    /**
     * Does {@link #pollAll} for at most 32 descriptors.
     *
     * @return a bit for each descriptor that is readable, has an error or is not open, bit 0 the
     *     first; 0 on timeout or EINTR
     */
    default int poll(int timeoutMillis, int... fds) throws LinuxException {
        if (fds.length > Integer.SIZE) {
            throw new IllegalArgumentException(fds.length + " descriptors do not fit in an int");
        }
        final Polled polled = pollAll(timeoutMillis, fds);
        polled.readable().or(polled.notOpen());
        return polled.readable().stream().reduce(0, (bits, index) -> bits | 1 << index);
    }

    /** The CPUs a thread may run on. {@code thread}: its kernel id, or 0 for the calling one. */
    BitSet affinity(int thread) throws LinuxException;

    /** Lets a thread run on {@code cpus} alone; {@code thread} as in {@link #affinity}. */
    void setAffinity(int thread, BitSet cpus) throws LinuxException;

    /**
     * setpriority on the calling thread: how readily it leaves the CPU to others.
     *
     * @param niceness 0 (as they start) to 19 (most readily)
     */
    void nice(int niceness) throws LinuxException;

    /**
     * setns: moves the calling thread into the network namespace of {@code path}, a file like
     * {@code /run/netns/NAME}. Sockets that the thread opens, and threads that it starts, belong to
     * this namespace.
     */
    void enterNetworkNamespace(String path) throws LinuxException;

    /** gettid. */
    int threadId();
}
