// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.internal.sysfs.Patience;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The UIO device of a function.
 *
 * @param directory in sysfs: {@code .../0000:01:00.0/uio/uio0}
 * @param node      {@code /dev/uio0}
 */
public record UioNode(Path directory, Path node) {
    /** How long udev may take to create the node if the kernel does not. */
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /**
     * Finds the UIO device of a function.
     *
     * @throws DeviceException there is none, or its node does not appear; the message says what to
     *     do
     */
    public static UioNode find(PciAddress address, Path function, Path dev) throws DeviceException {
        Patience patience = new Patience(LIMIT);
        Optional<UioNode> found;
        do {
            found = look(function, dev);
            if (found.isPresent() && Files.exists(found.get().node())) {
                return found.get();
            }
        } while (patience.pause());
        throw new DeviceException(found.isEmpty()
                ? "%s: its kernel driver has made no UIO device for it (dmesg says more)"
                        .formatted(address)
                : "%s: there is no %s (in a container, hand it in: --device %2$s)"
                        .formatted(address, found.get().node()));
    }

    private static Optional<UioNode> look(Path function, Path dev) {
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(function.resolve("uio"), "uio[0-9]*")) {
            for (Path entry : entries) {
                return Optional.of(new UioNode(entry, dev.resolve(entry.getFileName())));
            }
        } catch (IOException e) {
            // Not there yet, or gone.
        }
        return Optional.empty();
    }
}
