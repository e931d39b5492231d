// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.internal.sysfs.FakeSysfs;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The kernel's UIO devices, in front of the real system calls: a file of a node is an eventfd, its
 * map a memfd, which faults really when it is revoked.
 */
final class FakeUio {
    private static final int ENOSYS = 38;

    /** What there is besides the system calls. */
    final Linux linux;
    private final Linux real;
    private final FakeSysfs sysfs;
    private final Path dev;
    private final Map<String, Node> byPath = new ConcurrentHashMap<>();
    private final Map<Integer, Node> byFd = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();

    /** One {@code /dev/uioN} with one map. */
    final class Node {
        final String name = "uio" + next.getAndIncrement();
        final int memory;
        /** What was written to it: whether interrupts are let through. */
        final List<Integer> controls = new CopyOnWriteArrayList<>();
        volatile boolean hasInterrupt = true;
        /** As igb_uio does, and uio_pci_generic does not. */
        volatile boolean hasControl = true;
        volatile boolean gone;
        /** Closing a file of it takes as long as this is closed. */
        volatile CountDownLatch closable = new CountDownLatch(0);
        private final List<Integer> open = new CopyOnWriteArrayList<>();

        Node() throws LinuxException {
            memory = real.memfd(name, FakeSysfs.BAR_SIZE);
        }

        boolean isOpen() {
            return !open.isEmpty();
        }

        /** Raises an interrupt, which wakes the waiting thread. */
        void interrupt() throws LinuxException {
            for (int fd : open) {
                real.signal(fd);
            }
        }

        /** The next access to its memory faults. */
        void revoke() throws LinuxException {
            real.truncate(memory, 0);
        }

        /** Undoes {@link #revoke} and {@link #fail}, except for files that were open then. */
        void renew() throws LinuxException {
            real.truncate(memory, FakeSysfs.BAR_SIZE);
            gone = false;
        }

        /** Its files fail from now on. */
        void fail() throws LinuxException {
            gone = true;
            interrupt();
        }

        private Object read(int fd, ByteBuffer into) throws LinuxException {
            if (gone || !hasInterrupt) {
                throw new LinuxException("read(" + name + ")", Errno.EIO, "EIO");
            }
            real.drain(fd);
            into.putInt(1);
            return Integer.BYTES;
        }

        private Object write(ByteBuffer from) throws LinuxException {
            int errno = gone ? Errno.EINVAL : !hasInterrupt ? Errno.EIO : hasControl ? 0 : ENOSYS;
            if (errno != 0) {
                throw new LinuxException("write(" + name + ")", errno, "errno " + errno);
            }
            controls.add(from.getInt());
            return Integer.BYTES;
        }
    }

    FakeUio(Linux real, FakeSysfs sysfs, Path dev) throws IOException {
        this.real = real;
        this.sysfs = sysfs;
        this.dev = Files.createDirectories(dev);
        this.linux = (Linux) Proxy.newProxyInstance(Linux.class.getClassLoader(),
                new Class<?>[] {Linux.class}, (proxy, method, arguments) ->
                        call(method, arguments));
    }

    /** What igb_uio and uio_pci_generic do when they take a function. */
    Node add(String address) {
        try {
            Node node = new Node();
            Path maps = Files.createDirectories(sysfs.home(address)
                    .resolve("uio/" + node.name + "/maps/map0"));
            sysfs.write(maps, "name", "BAR0\n");
            Files.createFile(dev.resolve(node.name));
            byPath.put(dev.resolve(node.name).toString(), node);
            return node;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        byPath.values().forEach(node -> real.close(node.memory));
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        int parameters = method.getParameterCount();
        if (method.getName().equals("open") && byPath.containsKey(arguments[0])) {
            return open(byPath.get(arguments[0]));
        }
        Node node = arguments == null ? null : node(method, arguments);
        if (node != null) {
            if (method.getName().equals("read") && parameters == 2) {
                return node.read((int) arguments[0], (ByteBuffer) arguments[1]);
            } else if (method.getName().equals("write") && parameters == 2) {
                return node.write((ByteBuffer) arguments[1]);
            } else if (method.getName().equals("map")) {
                return real.map((String) arguments[0], (long) arguments[1], node.memory,
                        (long) arguments[3]);
            } else if (method.getName().equals("close")) {
                node.closable.await();
                node.open.remove(arguments[0]);
                byFd.remove(arguments[0]);
            }
        }
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Whose file the call is about, if any's. */
    private Node node(Method method, Object[] arguments) {
        int descriptor = method.getName().equals("map") ? 2 : 0;
        return arguments.length > descriptor && arguments[descriptor] instanceof Integer fd
                ? byFd.get(fd) : null;
    }

    private int open(Node node) throws LinuxException {
        int fd = real.eventfd();
        node.open.add(fd);
        byFd.put(fd, node);
        return fd;
    }
}
