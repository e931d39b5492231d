// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

/** The detector that first noticed that a device is gone. */
public enum RemovalCause {
    /** An access to its memory raised SIGBUS. */
    SIGBUS,
    /** The kernel, or the hardware side of a virtual device, reported the removal. */
    UEVENT_REMOVE,
    /** The kernel reported that the kernel driver released the device. */
    UEVENT_UNBIND,
    /** Its UIO file descriptor failed. */
    UIO_ERROR,
    /** vfio asked for the device back. */
    VFIO_REQUEST,
    /**
     * vfio reported an unrecoverable error. The PCI bus does not take that for a removal: the
     * device is set up again.
     */
    VFIO_ERROR,
    /** A register read all-ones. */
    ALL_ONES,
    /** A rescan of the bus did not find it. */
    RESCAN,
    /** The network interface under it was deleted, or moved to another namespace. */
    INTERFACE_GONE,
    /** The process at the other end of its shared memory ended, or broke the connection. */
    PEER_GONE,
    /** It had lost its state, and its port could not be set up again. */
    RESET_FAILED
}
