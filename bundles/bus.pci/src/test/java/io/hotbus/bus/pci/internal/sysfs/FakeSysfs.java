// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.PciAddress;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A tree of directories and links, as the kernel shows PCI functions in sysfs. Any thread. */
public final class FakeSysfs {
    /** The directory of the host bridge. */
    public static final String HOST = "/devices/pci0000:00";
    /** Bytes of the memory BAR that {@link #plug} gives a function. */
    public static final int BAR_SIZE = 0x4000;
    private static final int BAR_START = 0xfebc_0000;
    /** Where the two capabilities are, one after the other. */
    private static final int MSI = 0x50;
    public static final int PM = 0xc8;
    private static final String MEMORY_BAR = "0x%016x 0x%016x 0x0000000000040200\n";
    private static final String NO_BAR = "0x%016x 0x%1$016x 0x%1$016x\n".formatted(0);

    private static final Map<String, String> FILES = Map.of(
            "vendor", "0x8086\n", "device", "0x10d3\n",
            "subsystem_vendor", "0x8086\n", "subsystem_device", "0xa01f\n",
            "class", "0x020000\n", "numa_node", "-1\n", "driver_override", "(null)\n",
            "enable", "0\n", "resource", resource(true));

    private final Path root;
    private final Map<PciAddress, Path> homes = new LinkedHashMap<>();
    private long sequence = 100;
    private int removed;

    /** In {@code parent}, which is empty. */
    public FakeSysfs(Path parent) throws IOException {
        this.root = Files.createDirectories(parent.resolve("sys"));
        Files.createDirectories(root.resolve("bus/pci/devices"));
        Files.createDirectories(root.resolve("bus/pci/drivers"));
        Files.createDirectories(root.resolve("kernel"));
        Files.createDirectories(root.resolve("gone"));
        Files.createFile(root.resolve("bus/pci/drivers_probe"));
        writeSequence();
    }

    public Path root() {
        return root;
    }

    /** An e1000e with a memory BAR 0, directly below the host bridge. */
    public Path plug(String address) {
        return plug(address, HOST);
    }

    /** Likewise, below the device whose devpath is {@code parent}. */
    public synchronized Path plug(String address, String parent) {
        try {
            Path home = Files.createDirectories(root.resolve("." + parent).resolve(address));
            for (Map.Entry<String, String> file : FILES.entrySet()) {
                Files.writeString(home.resolve(file.getKey()), file.getValue());
            }
            try (RandomAccessFile bar = new RandomAccessFile(
                    home.resolve("resource0").toFile(), "rw")) {
                bar.setLength(BAR_SIZE);
            }
            Files.write(home.resolve("config"), config());
            add(address, home);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file {@code resource}, before and after the kernel has found an address for BAR 0. */
    public static String resource(boolean assigned) {
        long start = assigned ? Integer.toUnsignedLong(BAR_START) : 0;
        return MEMORY_BAR.formatted(start, start + BAR_SIZE - 1) + NO_BAR.repeat(12);
    }

    private static byte[] config() {
        return ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x10d3_8086).putInt(4, 0x0010_0000).putInt(8, 0x0200_0000)
                .putInt(0x10, BAR_START).putInt(0x34, MSI).putShort(MSI, (short) (PM << 8 | 5))
                .putShort(PM, (short) 1).array();
    }

    /**
     * Makes the function vanish unchanged; open files stay open.
     *
     * @return the folder that keeps the function, so that its inode is not used again
     */
    public synchronized Path unplug(String address) {
        Path home = homes.remove(PciAddress.parse(address).orElseThrow());
        Path gone = root.resolve("gone").resolve(String.valueOf(removed++));
        try {
            Files.delete(root.resolve("bus/pci/devices").resolve(address));
            return Files.move(home, gone);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Undoes {@link #unplug}, which has kept it in {@code gone}: cheaper than another. */
    public synchronized void replug(String address, Path gone) {
        try {
            add(address, Files.move(gone, root.resolve("." + HOST).resolve(address)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String address, Path home) throws IOException {
        Path links = root.resolve("bus/pci/devices");
        Files.createSymbolicLink(links.resolve(address), links.relativize(home));
        homes.put(PciAddress.parse(address).orElseThrow(), home);
    }

    /** The function's directory. */
    public synchronized Path home(String address) {
        return homes.get(PciAddress.parse(address).orElseThrow());
    }

    /** Its path below the root, as uevents have it. */
    public String devpath(String address) {
        return "/" + root.relativize(home(address));
    }

    /** Replaces a file's content at once. */
    public void write(Path directory, String name, String text) {
        try {
            Path fresh = Files.writeString(directory.resolve("." + name), text);
            Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A driver is loaded. */
    public void driver(String name) {
        try {
            Path directory = Files.createDirectories(root.resolve("bus/pci/drivers").resolve(name));
            write(directory, "bind", "");
            write(directory, "unbind", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives the function to a driver, or to none. */
    public synchronized void bind(String address, Optional<String> driver) {
        link(address, "driver", driver.map(name -> root.resolve("bus/pci/drivers").resolve(name)));
    }

    /** Says that it is a virtual function of another. */
    public void physical(String address, String physical) {
        link(address, "physfn", Optional.of(home(physical)));
    }

    private void link(String address, String name, Optional<Path> target) {
        Path link = home(address).resolve(name);
        try {
            Files.deleteIfExists(link);
            if (target.isPresent()) {
                Files.createSymbolicLink(link, target.get());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The number of the next uevent. */
    public synchronized long nextSequence() {
        sequence++;
        writeSequence();
        return sequence;
    }

    private void writeSequence() {
        write(root.resolve("kernel"), "uevent_seqnum", sequence + "\n");
    }
}
