// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

/** The errno values that the platform distinguishes; the same on x86-64 and aarch64. */
public final class Errno {
    /** Operation not permitted: a right is missing. */
    public static final int EPERM = 1;
    /** No such file or directory. */
    public static final int ENOENT = 2;
    /** No such thread or process. */
    public static final int ESRCH = 3;
    /** Interrupted by a signal before anything was done. */
    public static final int EINTR = 4;
    /** Input or output error: the device failed, or is gone. */
    public static final int EIO = 5;
    /** No such device or address: the interface of a socket is gone. */
    public static final int ENXIO = 6;
    /** No data now; try again. */
    public static final int EAGAIN = 11;
    /** Out of memory, or of hugepages. */
    public static final int ENOMEM = 12;
    /** Permission denied. */
    public static final int EACCES = 13;
    /** Bad address: the other end of a tap is gone. */
    public static final int EFAULT = 14;
    /** In use by another process or driver. */
    public static final int EBUSY = 16;
    /** It exists already. */
    public static final int EEXIST = 17;
    /** The device does not exist, or no longer does. */
    public static final int ENODEV = 19;
    /** Invalid argument. */
    public static final int EINVAL = 22;
    /** Too many open files. */
    public static final int EMFILE = 24;
    /** The value is out of range. */
    public static final int ERANGE = 34;
    /** The descriptor is in no usable state: the interface of a tap is gone. */
    public static final int EBADFD = 77;
    /** Not supported. */
    public static final int ENOTSUP = 95;
    /** The network interface is down. */
    public static final int ENETDOWN = 100;
    /** No buffer space: on a netlink socket, messages were dropped. */
    public static final int ENOBUFS = 105;

    private Errno() {
    }
}
