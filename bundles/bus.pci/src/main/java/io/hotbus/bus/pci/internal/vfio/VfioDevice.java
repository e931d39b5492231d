// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static io.hotbus.bus.pci.internal.vfio.VfioUapi.VFIO_DEVICE_SET_IRQS;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * The descriptor of a function. Any thread. Closing waits for the calls that are inside, which are
 * short. No call uses the number of the descriptor afterwards, because another file may have it.
 */
final class VfioDevice {
    /** A call that uses the descriptor. */
    @FunctionalInterface
    private interface Call<T> {
        T on(int fd) throws LinuxException;
    }

    private final Linux linux;
    private final PciAddress address;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** Guarded by lock; -1 once closed. */
    private int fd;

    /** Creates the device, which owns {@code fd}. */
    VfioDevice(Linux linux, PciAddress address, int fd) {
        this.linux = linux;
        this.address = address;
        this.fd = fd;
    }

    PciAddress address() {
        return address;
    }

    /**
     * Returns the descriptor.
     *
     * @throws LinuxException it is closed
     */
    int fd() throws LinuxException {
        return use("descriptor", number -> number);
    }

    /** See {@link VfioUapi#ask}; {@code call} is the name of the request. */
    ByteBuffer ask(String call, long request, ByteBuffer info) throws LinuxException {
        return use(call, number -> VfioUapi.ask(linux, words(call), number, request, info));
    }

    void setIrqs(ByteBuffer irqSet) throws LinuxException {
        String call = "VFIO_DEVICE_SET_IRQS";
        use(call, number -> linux.ioctl(words(call), number, VFIO_DEVICE_SET_IRQS, irqSet));
    }

    /** Fills the rest of {@code into} from {@code offset}, or fails. */
    void read(String what, ByteBuffer into, long offset) throws LinuxException {
        int bytes = into.remaining();
        complete(what, bytes, use(what, number -> linux.read(number, into, offset)));
    }

    /** Writes the rest of {@code from} to {@code offset}, or fails. */
    void write(String what, ByteBuffer from, long offset) throws LinuxException {
        int bytes = from.remaining();
        complete(what, bytes, use(what, number -> linux.write(number, from, offset)));
    }

    private void complete(String what, int wanted, int done) throws LinuxException {
        if (done != wanted) {
            throw new LinuxException(words(what), Errno.EIO,
                    "EIO (%s of %s bytes)".formatted(done, wanted));
        }
    }

    private String words(String call) {
        return call + " of " + address;
    }

    private <T> T use(String what, Call<T> call) throws LinuxException {
        lock.readLock().lock();
        try {
            if (fd < 0) {
                throw new LinuxException(words(what), Errno.ENODEV, "ENODEV (it is closed)");
            }
            return call.on(fd);
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Closes the function. The kernel stops its DMA and interrupts and resets it. That may take
     * long, so it happens without the lock; a call made meanwhile fails at once. Idempotent.
     */
    void close() {
        lock.writeLock().lock();
        int number = fd;
        fd = -1;
        lock.writeLock().unlock();
        linux.close(number);
    }
}
