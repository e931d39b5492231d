// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The files that devices write: one device may write a file at a time. Control threads. */
final class WrittenFiles {
    /** The devices by the identities of files. Guarded by this. */
    private final Map<Object, String> devices = new HashMap<>();

    /**
     * Requires that no device writes the file, and that {@code device} does not read it.
     *
     * @param read the files that the device reads
     */
    synchronized void requireFree(String device, Path path, List<Path> read)
            throws DeviceException {
        if (!Files.exists(path)) {
            return;
        }
        try {
            Object key = OpenFile.key(path);
            String owner = devices.get(key);
            if (owner != null) {
                throw new DeviceException("%s: %s: is written by %s already (give it another file)"
                        .formatted(device, path, owner));
            }
            for (Path other : read) {
                if (key.equals(OpenFile.key(other))) {
                    throw new DeviceException("%s: %s: cannot be read and written at once"
                            .formatted(device, path));
                }
            }
        } catch (IOException e) {
            throw new DeviceException(device + ": " + path + ": " + e, e);
        }
    }

    /** Notes that {@code device} writes the file. */
    synchronized void add(String device, OpenFile file) throws DeviceException {
        try {
            devices.put(file.key(), device);
        } catch (IOException e) {
            throw new DeviceException(device + ": " + file.path() + ": " + e, e);
        }
    }

    /** Notes that {@code device} writes no file any more. */
    synchronized void release(String device) {
        devices.values().removeIf(device::equals);
    }
}
