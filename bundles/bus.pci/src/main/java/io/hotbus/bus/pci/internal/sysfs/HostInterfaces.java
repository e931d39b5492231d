// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the network interfaces that the kernel has on a function. Takes no lock of the device. */
final class HostInterfaces {
    private static final int IFF_UP = 1;

    private HostInterfaces() {
    }

    /** The names of the interfaces that are up. */
    static List<String> up(Path function) {
        List<String> up = new ArrayList<>();
        // A virtio interface is one level deeper: virtio0/net/eth0.
        for (Path parent : entries(function, "virtio*")) {
            addUp(parent.resolve("net"), up);
        }
        addUp(function.resolve("net"), up);
        return up;
    }

    private static void addUp(Path net, List<String> up) {
        for (Path each : entries(net, "*")) {
            try {
                if ((Integer.decode(Files.readString(each.resolve("flags")).strip()) & IFF_UP)
                        != 0) {
                    up.add(each.getFileName().toString());
                }
            } catch (IOException | NumberFormatException e) {
                // The interface is going away.
            }
        }
    }

    private static List<Path> entries(Path directory, String glob) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory, glob)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            // There are none.
        }
        return entries;
    }
}
