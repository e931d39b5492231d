// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.checkup.Finding;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds out for what the host uses a function now. Takes no lock of the device. */
record HostUses(KernelFacts kernel) {
    private static final int IFF_UP = 1;

    List<Finding> of(PciAddress address) {
        List<Finding> findings = new ArrayList<>();
        Path function = real(kernel.root().resolve("sys/bus/pci/devices/" + address));
        for (Path each : below(function, "net")) {
            String name = each.getFileName().toString();
            if ((number(each.resolve("flags")) & IFF_UP) != 0) {
                findings.add(Finding.bad("in use", "the network interface " + name + " is up",
                        "ip link set " + name + " down"));
            }
        }
        for (Path each : below(function, "block")) {
            String use = use(each);
            if (!use.isEmpty()) {
                findings.add(Finding.bad("in use", each.getFileName() + " " + use,
                        "umount, swapoff, or stop what uses it"));
            }
        }
        for (String user : processes(function)) {
            findings.add(Finding.bad("in use", user + " drives it",
                    "end that process, or detach the device there"));
        }
        return findings;
    }

    /** The devices of a class that belong to the function. */
    private List<Path> below(Path function, String classOf) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(kernel.root().resolve("sys/class/" + classOf))) {
            for (Path each : all) {
                if (real(each).startsWith(function)) {
                    found.add(each);
                }
            }
        } catch (IOException e) {
            // The kernel has no device of that class.
        }
        found.sort(null);
        return found;
    }

    /** For what a disk or a partition is used; empty for nothing. */
    private String use(Path block) {
        String number = read(block.resolve("dev"));
        String mounted = kernel.read("proc/self/mountinfo").lines()
                .map(line -> line.split(" ")).filter(f -> f.length > 4 && f[2].equals(number))
                .map(fields -> fields[4]).collect(Collectors.joining(", "));
        if (!mounted.isEmpty()) {
            return "is mounted on " + mounted;
        }
        String node = "/dev/" + block.getFileName();
        if (kernel.read("proc/swaps").lines().anyMatch(line -> line.startsWith(node + " ")
                || line.startsWith(node + "\t"))) {
            return "is swap space";
        }
        try (Stream<Path> holders = Files.list(block.resolve("holders"))) {
            return holders.map(holder -> "is part of " + holder.getFileName())
                    .collect(Collectors.joining(", "));
        } catch (IOException e) {
            return "";
        }
    }

    /** The processes that have the device node open by which the function is handed out. */
    private Set<String> processes(Path function) {
        Set<String> nodes = new TreeSet<>();
        below(function, "uio").forEach(uio -> nodes.add("/dev/" + uio.getFileName()));
        Path group = function.resolve("iommu_group");
        if (Files.exists(group)) {
            nodes.add("/dev/vfio/" + real(group).getFileName());
        }
        Set<String> users = new TreeSet<>();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(kernel.root().resolve("proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (hasOpen(process, nodes)) {
                    users.add("process %s (%s)".formatted(process.getFileName(),
                            read(process.resolve("comm"))));
                }
            }
        } catch (IOException e) {
            // Then no process can be seen.
        }
        return users;
    }

    private static boolean hasOpen(Path process, Set<String> nodes) {
        try (DirectoryStream<Path> descriptors =
                Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (nodes.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException e) {
            // It has ended, or is another user's.
        }
        return false;
    }

    private static int number(Path file) {
        try {
            return Integer.decode(read(file));
        } catch (NumberFormatException e) {
            return 0; // it is going away
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private static Path real(Path link) {
        try {
            return link.toRealPath();
        } catch (IOException e) {
            return link;
        }
    }
}
