// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.netif.NetInterfaces;
import io.hotbus.os.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that are gone with a file or an interface. When all files of a device are there
 * again, complete, and all its interfaces, the bus is told that the device is plugged in. Control
 * threads, and the watch thread.
 */
final class LostDevices {
    private static final Logger LOG = LoggerFactory.getLogger(LostDevices.class);
    private static final int PERIOD_MILLIS = 100;

    /** The state of a file that was found incomplete. */
    private record Looked(Path path, long size, Object modified) {
    }

    /** A device; the watch thread alone uses {@code incomplete}. */
    private static final class Lost {
        private final PcapArgs args;
        private Lease watch;
        private Looked incomplete;

        Lost(PcapArgs args) {
            this.args = args;
        }
    }

    private final Linux linux;
    private final NetInterfaces interfaces;
    private final WatchThread thread;
    private final Consumer<String> plugged;
    private final Map<String, Lost> lost = new HashMap<>();

    /** {@code plugged} tells the bus that the device of a name is there. */
    LostDevices(Linux linux, NetInterfaces interfaces, WatchThread thread,
            Consumer<String> plugged) {
        this.linux = linux;
        this.interfaces = interfaces;
        this.thread = thread;
        this.plugged = plugged;
    }

    /** Waits for the files and interfaces of a device that is gone and was released. */
    synchronized void add(String device, PcapArgs args) {
        found(device);
        Lost added = new Lost(args);
        lost.put(device, added);
        added.watch = thread.every(PERIOD_MILLIS, () -> look(device, added));
    }

    /** Whether the device is gone and not attached again since. */
    synchronized boolean isLost(String device) {
        return lost.containsKey(device);
    }

    /** Ends the wait for a device, which is attached. */
    synchronized void found(String device) {
        Lost known = lost.remove(device);
        if (known != null) {
            known.watch.close();
        }
    }

    private void look(String device, Lost known) {
        if (isComplete(device, known)) {
            known.watch.close();
            LOG.info("{}: its files and interfaces are there again", device);
            plugged.accept(device);
        }
    }

    private boolean isComplete(String device, Lost known) {
        PcapArgs args = known.args;
        return args.all().filter(place -> !place.isFile()).allMatch(this::isPresent)
                && args.filesRead().stream().allMatch(path -> isWhole(device, known, path))
                && args.tx().stream().filter(Place::isFile).map(Place::path)
                        .allMatch(LostDevices::canBeWritten);
    }

    private boolean isPresent(Place place) {
        try {
            return interfaces.find(place.name()).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean canBeWritten(Path path) {
        Path folder = path.toAbsolutePath().getParent();
        return Files.isRegularFile(path) ? Files.isWritable(path)
                : folder != null && Files.isDirectory(folder) && Files.isWritable(folder);
    }

    /** Whether the file is a whole capture. Reads it only if it has changed since the last look. */
    private boolean isWhole(String device, Lost known, Path path) {
        Looked now;
        try {
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            now = new Looked(path, attributes.size(), attributes.lastModifiedTime());
        } catch (IOException e) {
            return false;
        }
        if (now.equals(known.incomplete)) {
            return false;
        }
        try {
            OpenFile file = OpenFile.open(device, linux, path, false);
            try {
                CaptureReader.requireWhole(CaptureReader.open(new FileInput(file)));
                return true;
            } finally {
                file.close();
            }
        } catch (DeviceException | CaptureException e) {
            LOG.info("{}: waits for {}: {}", device, path, e.getMessage());
            known.incomplete = now;
            return false;
        }
    }
}
