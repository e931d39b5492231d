// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.tap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The descriptors of one tap interface, one for each of its queues. The first one creates the
 * interface. The interface ends with the last one, unless it is persistent. A descriptor whose
 * interface is gone is only closed: the kernel would let another interface be put under it. Control
 * threads, one at a time. Source: {@code linux/if_tun.h}.
 */
final class TapDescriptors implements AutoCloseable {
    private static final String DEVICE = "/dev/net/tun";
    private static final long TUNSETIFF = 0x4004_54caL;
    private static final long TUNSETPERSIST = 0x4004_54cbL;
    private static final long TUNSETOFFLOAD = 0x4004_54d0L;
    private static final long TUNGETIFF = 0x8004_54d2L;
    private static final long FIONBIO = 0x5421;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    /** No information in front of each frame. */
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFREQ = 40;
    private static final int IFREQ_FLAGS = 16;

    private final String device;
    private final Linux linux;
    private final String iface;
    private final List<Integer> fds = new CopyOnWriteArrayList<>();
    private boolean multiQueue = true;

    /**
     * Creates the interface, or takes one that is there and free.
     *
     * @throws DeviceException it is in use or of another kind, or a right is missing
     */
    TapDescriptors(String device, Linux linux, String iface) throws DeviceException {
        this.device = device;
        this.linux = linux;
        this.iface = iface;
        try {
            fds.add(attach());
        } catch (LinuxException e) {
            throw failure(e);
        }
    }

    private int attach() throws LinuxException {
        final int fd = linux.open(DEVICE, true);
        try {
            try {
                setInterface(fd);
            } catch (LinuxException e) {
                if (e.errno() != Errno.EINVAL || !fds.isEmpty()) {
                    throw e;
                }
                // A persistent interface of one queue.
                multiQueue = false;
                setInterface(fd);
            }
            linux.ioctl("TUNSETOFFLOAD " + iface, fd, TUNSETOFFLOAD, 0);
            linux.ioctl("FIONBIO " + iface, fd, FIONBIO,
                    ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, 1));
        } catch (LinuxException e) {
            linux.close(fd);
            throw e;
        }
        return fd;
    }

    private void setInterface(int fd) throws LinuxException {
        final int flags = IFF_TAP | IFF_NO_PI | (multiQueue ? IFF_MULTI_QUEUE : 0);
        linux.ioctl("TUNSETIFF " + iface, fd, TUNSETIFF, request()
                .put(0, iface.getBytes(StandardCharsets.UTF_8))
                .putShort(IFREQ_FLAGS, (short) flags));
    }

    private static ByteBuffer request() {
        return ByteBuffer.allocate(IFREQ).order(ByteOrder.nativeOrder());
    }

    private DeviceException failure(LinuxException e) {
        final String cure = switch (e.errno()) {
            case Errno.ENOENT, Errno.ENODEV -> "; load the module tun: modprobe tun";
            case Errno.EPERM, Errno.EACCES -> "; CAP_NET_ADMIN is needed: run as root";
            case Errno.EBUSY -> "; another process uses this interface: name another one by iface=";
            case Errno.EINVAL -> "; there is an interface of this name that is no tap interface:"
                    + " name another one by iface=";
            default -> "";
        };
        return new DeviceException(device + ": " + e.getMessage() + cure, e);
    }

    /** Whether the interface can have several queues. */
    boolean isMultiQueue() {
        return multiQueue;
    }

    /** Makes the interface stay when its descriptors are closed, or not. */
    void setPersistent(boolean on) throws LinuxException {
        linux.ioctl("TUNSETPERSIST " + iface, fds.get(0), TUNSETPERSIST, on ? 1 : 0);
    }

    /**
     * Makes the interface have {@code count} queues.
     *
     * @throws DeviceException the interface is gone, or in use
     */
    void setQueues(int count) throws DeviceException {
        try {
            while (fds.size() < count) {
                fds.add(attach());
            }
        } catch (LinuxException e) {
            throw failure(e);
        }
        while (fds.size() > count) {
            linux.close(fds.remove(fds.size() - 1));
        }
    }

    /** The descriptor of a queue. Queues beyond the last one share descriptors. */
    int fd(int queue) {
        return fds.get(queue % fds.size());
    }

    /** Whether the descriptors still have an interface, if they are not closed. Any thread. */
    boolean isAlive() {
        return fds.stream().limit(1).noneMatch(this::isDead);
    }

    private boolean isDead(int fd) {
        try {
            linux.ioctl("TUNGETIFF " + iface, fd, TUNGETIFF, request());
            return false;
        } catch (LinuxException e) {
            return e.errno() == Errno.EBADFD;
        }
    }

    @Override
    public void close() {
        fds.forEach(linux::close);
        fds.clear();
    }
}
