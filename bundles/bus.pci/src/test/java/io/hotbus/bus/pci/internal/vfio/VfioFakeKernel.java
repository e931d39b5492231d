// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Models the used part of the kernel's vfio. It refuses what the kernel refuses, and records the
 * requests. A descriptor's number is never used twice, so that a use after close is noticed ({@link
 * #misuses}). Written from the kernel's sources, with numbers from the header.
 *
 * <p>The public methods are the methods of {@link Linux} that reach vfio.
 */
public final class VfioFakeKernel {
    private static final int EBADF = 9;
    private static final long CONFIG_REGION = 7L << 40;

    /** What was asked, oldest first. */
    final List<String> calls = new CopyOnWriteArrayList<>();
    final List<String> misuses = new CopyOnWriteArrayList<>();
    /** The nodes there are, and the errno of opening them. */
    final Map<String, Integer> nodes = new ConcurrentHashMap<>();
    /** Index to the number of interrupts. */
    final Map<Integer, Integer> irqs =
            new ConcurrentHashMap<>(Map.of(0, 1, 1, 1, 2, 5, 3, 1, 4, 1));
    /** Index to the errno of setting it. */
    final Map<Integer, Integer> irqErrno = new ConcurrentHashMap<>();
    /** Index to the eventfd it signals. */
    final Map<Integer, Integer> triggers = new ConcurrentHashMap<>();
    /** IOVA to the errno of mapping it. */
    final Map<Long, Integer> mapErrno = new ConcurrentHashMap<>();
    /** BAR to {@code struct vfio_region_info} with what follows it. */
    final Map<Integer, ByteBuffer> regions = new ConcurrentHashMap<>();
    final ByteBuffer config = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
    /** IOVA to size. */
    final NavigableMap<Long, Long> mapped = new TreeMap<>();
    final List<Integer> extensions = new CopyOnWriteArrayList<>(List.of(1, 3));
    boolean viable = true;
    long lastIova = (1L << 39) - 1;
    int deviceErrno;
    int containerErrno;
    int iommuErrno;
    int unmapErrno;
    /** The kernel has taken the group out of its container. */
    boolean left;
    /** Runs when the kernel closes a function, or is about to read its configuration. */
    Runnable whenClosing = () -> { };
    Runnable whenReading = () -> { };

    private final AtomicInteger next = new AtomicInteger(100);
    private final Map<Integer, String> open = new ConcurrentHashMap<>();
    private final Map<Integer, AtomicInteger> eventfds = new ConcurrentHashMap<>();

    /** These calls as a {@link Linux}; any other fails. */
    Linux linux() {
        return (Linux) Proxy.newProxyInstance(Linux.class.getClassLoader(),
                new Class<?>[] {Linux.class}, (proxy, method, arguments) -> {
                    try {
                        return VfioFakeKernel.class
                                .getMethod(method.getName(), method.getParameterTypes())
                                .invoke(this, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** What is open now. */
    List<String> open() {
        return open.values().stream().sorted().toList();
    }

    /** The function interrupts, or vfio tells something, by that index. */
    void signalIndex(int index) {
        eventfds.get(triggers.get(index)).incrementAndGet();
    }

    private static LinuxException failure(String call, int errno) {
        return new LinuxException("ioctl(" + call + ")", errno, "errno " + errno);
    }

    private int add(String what) {
        int fd = next.getAndIncrement();
        open.put(fd, what);
        return fd;
    }

    private String require(String call, int fd) throws LinuxException {
        String what = open.get(fd);
        if (what == null) {
            misuses.add(call + " on a closed descriptor");
            throw failure(call, EBADF);
        }
        return what;
    }

    /** As in {@link Linux}. */
    public int open(String path, boolean writable) throws LinuxException {
        int errno = nodes.getOrDefault(path, Errno.ENOENT);
        if (errno != 0) {
            throw new LinuxException("open(" + path + ")", errno, "errno " + errno);
        }
        calls.add("open " + path.substring(path.lastIndexOf('/') + 1));
        return add(path.substring(path.lastIndexOf('/') + 1));
    }

    /** As in {@link Linux}. */
    public void close(int fd) {
        if (fd < 0) {
            return;
        }
        String what = open.remove(fd);
        if (what == null) {
            misuses.add("close of a closed descriptor");
            return;
        }
        if (what.startsWith("0000:")) {
            whenClosing.run();
            triggers.clear();
        }
        if (what.equals("vfio")) {
            mapped.clear();
        }
        if (!what.equals("eventfd")) {
            calls.add("close " + what);
        }
    }

    /** As in {@link Linux}. */
    public int ioctl(String call, int fd, long request, long argument) throws LinuxException {
        require(call, fd);
        return switch ((int) request) {
            case 15204 -> 0;
            case 15205 -> extensions.contains((int) argument) ? 1 : 0;
            case 15206 -> {
                fail(call, iommuErrno);
                calls.add("SET_IOMMU " + argument);
                yield 0;
            }
            default -> throw failure(call, Errno.EINVAL);
        };
    }

    /** As in {@link Linux}. */
    public int ioctl(String call, int fd, long request, ByteBuffer argument)
            throws LinuxException {
        String what = require(call, fd);
        ByteBuffer in = argument.duplicate().order(ByteOrder.nativeOrder()).clear();
        if (request != 15208 && request != 15210 && in.getInt(0) > in.capacity()) {
            throw new IllegalArgumentException("argsz is beyond the buffer");
        }
        switch ((int) request) {
            case 15207 -> in.putInt(4, viable ? 1 : 0);
            case 15208 -> {
                fail(call, containerErrno);
                require(call, in.getInt(0));
                calls.add("SET_CONTAINER");
            }
            case 15210 -> {
                fail(call, deviceErrno);
                byte[] name = in.array();
                if (name[name.length - 1] != 0) {
                    throw new IllegalArgumentException("no NUL");
                }
                String text = new String(name, 0, name.length - 1, StandardCharsets.US_ASCII);
                calls.add("GET_DEVICE_FD");
                return add(text);
            }
            case 15212 -> regionInfo(call, in);
            case 15213 -> irqInfo(call, in);
            case 15214 -> setIrqs(call, in);
            case 15216 -> iommuInfo(call, in);
            case 15217 -> mapDma(call, in);
            case 15218 -> unmapDma(call, in);
            default -> throw new IllegalArgumentException(what + ": request " + request);
        }
        return 0;
    }

    private static void fail(String call, int errno) throws LinuxException {
        if (errno != 0) {
            throw failure(call, errno);
        }
    }

    private void regionInfo(String call, ByteBuffer in) throws LinuxException {
        int index = in.getInt(8);
        if (index == 7) {
            in.putInt(4, 3).putLong(16, config.capacity()).putLong(24, CONFIG_REGION);
            return;
        }
        ByteBuffer region = regions.get(index);
        if (region == null) {
            throw failure(call, Errno.EINVAL);
        }
        answer(region, in, 32, 12);
    }

    /** Like the kernel: if the capabilities do not fit, their offset is 0 and argsz is needed. */
    private static void answer(ByteBuffer full, ByteBuffer in, int fixed, int capOffset) {
        if (in.capacity() < full.capacity()) {
            in.put(4, full.array(), 4, fixed - 4).putInt(capOffset, 0).putInt(0, full.capacity());
        } else {
            in.put(4, full.array(), 4, full.capacity() - 4);
        }
    }

    private void irqInfo(String call, ByteBuffer in) throws LinuxException {
        Integer count = irqs.get(in.getInt(8));
        if (count == null) {
            throw failure(call, Errno.EINVAL);
        }
        in.putInt(4, 1).putInt(12, count);
    }

    private void setIrqs(String call, ByteBuffer in) throws LinuxException {
        int flags = in.getInt(4);
        int index = in.getInt(8);
        fail(call, irqErrno.getOrDefault(index, 0));
        switch (flags) {
            case 0x24 -> {
                if (in.capacity() != 24 || in.getInt(12) != 0 || in.getInt(16) != 1) {
                    throw failure(call, Errno.EINVAL);
                }
                require(call, in.getInt(20));
                triggers.put(index, in.getInt(20));
                calls.add("TRIGGER " + index);
            }
            case 0x21 -> {
                triggers.remove(index);
                calls.add("DISABLE " + index);
            }
            case 0x11 -> {
                calls.add("UNMASK " + index);
                if (index != 0 || in.getInt(16) != 1 || !triggers.containsKey(0)) {
                    throw failure(call, Errno.EINVAL);
                }
            }
            default -> throw failure(call, Errno.EINVAL);
        }
    }

    private void iommuInfo(String call, ByteBuffer in) throws LinuxException {
        fail(call, left ? Errno.EINVAL : 0);
        ByteBuffer full = ByteBuffer.allocate(24 + 8 + 16 + 16).order(ByteOrder.nativeOrder());
        full.putInt(4, 3).putLong(8, 4096).putInt(16, 24);
        full.putShort(24, (short) 3).putShort(26, (short) 1).putInt(28, 32);
        full.putShort(32, (short) 1).putShort(34, (short) 1).putInt(36, 0).putInt(40, 1);
        full.putLong(48, 0).putLong(56, lastIova);
        answer(full, in, 24, 16);
    }

    private synchronized void mapDma(String call, ByteBuffer in) throws LinuxException {
        long iova = in.getLong(16);
        long size = in.getLong(24);
        fail(call, left ? Errno.EINVAL : mapErrno.getOrDefault(iova, 0));
        if (in.getInt(4) != 3 || Long.compareUnsigned(iova + size - 1, lastIova) > 0) {
            throw failure(call, Errno.EINVAL);
        }
        Map.Entry<Long, Long> before = mapped.lowerEntry(iova + size);
        if (before != null && before.getKey() + before.getValue() > iova) {
            throw failure(call, Errno.EEXIST);
        }
        mapped.put(iova, size);
        calls.add("MAP %#x at %#x +%#x".formatted(in.getLong(8), iova, size));
    }

    private synchronized void unmapDma(String call, ByteBuffer in) throws LinuxException {
        fail(call, left ? Errno.EINVAL : unmapErrno);
        long iova = in.getLong(8);
        Long size = mapped.get(iova);
        boolean whole = size != null && size == in.getLong(16);
        if (whole) {
            mapped.remove(iova);
        }
        in.putLong(16, whole ? size : 0);
        calls.add("UNMAP %#x".formatted(iova));
    }

    /** As in {@link Linux}. */
    public int read(int fd, ByteBuffer into, long offset) throws LinuxException {
        require("pread", fd);
        whenReading.run();
        int count = into.remaining();
        into.put(config.array(), (int) (offset - CONFIG_REGION), count);
        return count;
    }

    /** As in {@link Linux}. */
    public int write(int fd, ByteBuffer from, long offset) throws LinuxException {
        require("pwrite", fd);
        int count = from.remaining();
        from.get(config.array(), (int) (offset - CONFIG_REGION), count);
        return count;
    }

    /** As in {@link Linux}. */
    public int eventfd() {
        int fd = add("eventfd");
        eventfds.put(fd, new AtomicInteger());
        return fd;
    }

    /** As in {@link Linux}. */
    public boolean drain(int eventfd) throws LinuxException {
        require("read", eventfd);
        return eventfds.get(eventfd).getAndSet(0) != 0;
    }
}
