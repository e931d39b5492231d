// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads PCI functions from sysfs. Any thread. Reads only files that need no lock of a device, so
 * that no call waits for a removal.
 */
public class SysfsPci {
    private static final Logger LOG = LoggerFactory.getLogger(SysfsPci.class);
    /** How often a function is read if another function takes its place meanwhile. */
    private static final int ATTEMPTS = 3;
    private static final int SHOWN = 60;

    /** A file has unexpected contents. */
    private static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(Path file, String content) {
            super("%s holds '%s'".formatted(file, printable(content)));
        }

        private static String printable(String content) {
            String text = content.strip().replaceAll("[^\\x20-\\x7e]", "?");
            return text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text;
        }
    }

    private final Path root;
    private final Path devices;

    /** {@code root}: where sysfs is mounted. */
    public SysfsPci(Path root) {
        this.root = root;
        this.devices = root.resolve("bus/pci/devices");
    }

    /** The function's directory, whether it exists or not. */
    public Path directory(PciAddress address) {
        return devices.resolve(address.toString());
    }

    /** The directory of a kernel driver. */
    public Path driverDirectory(String driver) {
        return root.resolve("bus/pci/drivers").resolve(driver);
    }

    /**
     * All functions, by address. A function that vanishes meanwhile is left out. A function that
     * cannot be parsed is left out with a warning.
     *
     * @throws DeviceException there is no PCI bus
     */
    public List<FoundFunction> scan() throws DeviceException {
        List<FoundFunction> functions = new ArrayList<>();
        for (PciAddress address : addresses()) {
            try {
                find(address).ifPresent(functions::add);
            } catch (DeviceException e) {
                LOG.warn("{}; left out", e.getMessage());
            }
        }
        functions.sort(Comparator.comparing(FoundFunction::address));
        return functions;
    }

    private List<PciAddress> addresses() throws DeviceException {
        List<PciAddress> addresses = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(devices)) {
            for (Path entry : entries) {
                PciAddress.parse(entry.getFileName().toString()).ifPresentOrElse(addresses::add,
                        () -> LOG.warn("{} is not named as a PCI function; left out", entry));
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new DeviceException("this machine has no PCI bus: no " + devices, e);
        } catch (IOException e) {
            throw new DeviceException(devices + " cannot be listed: " + e, e);
        }
        return addresses;
    }

    /**
     * The function at {@code address}, if there is one.
     *
     * @throws DeviceException its files in sysfs cannot be read or parsed
     */
    public Optional<FoundFunction> find(PciAddress address) throws DeviceException {
        Path directory = directory(address);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            OptionalLong before = inode(address);
            if (before.isEmpty()) {
                return Optional.empty();
            }
            try {
                FoundFunction found = read(address, directory, before.getAsLong());
                if (inode(address).equals(before)) {
                    return Optional.of(found);
                }
            } catch (NoSuchFileException e) {
                // Its files go before its directory does.
                LOG.debug("{}: vanished while it was read: {}", address, e.getMessage());
                return Optional.empty();
            } catch (IOException e) {
                if (inode(address).equals(before)) {
                    throw new DeviceException(address + ": cannot be read: " + e.getMessage(), e);
                }
            }
        }
        return Optional.empty();
    }

    private FoundFunction read(PciAddress address, Path directory, long inode)
            throws IOException {
        PciId id = new PciId(hex(directory, "vendor", 16), hex(directory, "device", 16),
                hex(directory, "subsystem_vendor", 16), hex(directory, "subsystem_device", 16),
                hex(directory, "class", 24));
        String text = text(directory.resolve("resource"));
        Resources resources = Resources.parse(text).orElseThrow(
                () -> new MalformedException(directory.resolve("resource"), text));
        Optional<PciAddress> physical =
                link(directory.resolve("physfn")).flatMap(PciAddress::parse);
        PciFunction function = new PciFunction(address, id, numaNode(directory),
                driver(address), physical, resources.bars());
        String devpath = "/" + root.toRealPath().relativize(directory.toRealPath());
        return new FoundFunction(function, inode, devpath, resources.unassigned());
    }

    private static int hex(Path directory, String name, int bits) throws IOException {
        Path file = directory.resolve(name);
        String text = text(file);
        try {
            int number = Integer.decode(text.strip());
            if (text.startsWith("0x") && number >>> bits == 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new MalformedException(file, text);
    }

    /** The NUMA node; a kernel without NUMA has no such file. */
    private static int numaNode(Path directory) throws IOException {
        Path file = directory.resolve("numa_node");
        String text;
        try {
            text = text(file);
        } catch (NoSuchFileException e) {
            return -1;
        }
        try {
            return Math.max(-1, Integer.parseInt(text.strip()));
        } catch (NumberFormatException e) {
            throw new MalformedException(file, text);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    /** The name of a link's target; empty if there is no such link. */
    private static Optional<String> link(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).getFileName().toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The kernel driver that has the function, if any. */
    public Optional<String> driver(PciAddress address) {
        return link(directory(address).resolve("driver"));
    }

    /** The inode of the function's directory, if it exists. */
    public OptionalLong inode(PciAddress address) {
        try {
            return OptionalLong.of((Long) Files.getAttribute(directory(address), "unix:ino"));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /**
     * The number of the kernel's latest uevent. Uevents up to this number concern the past. -1 if
     * the kernel does not say.
     */
    public long ueventSequence() {
        try {
            return Long.parseLong(text(root.resolve("kernel/uevent_seqnum")).strip());
        } catch (IOException | NumberFormatException e) {
            return -1;
        }
    }
}
