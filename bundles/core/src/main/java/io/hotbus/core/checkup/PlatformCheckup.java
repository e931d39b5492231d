// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.checkup;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.checkup.Checkup;
import io.hotbus.eal.checkup.Finding;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.CpuAffinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Checks the JVM, signals, CPUs, rights and memory. */
@Component(service = Checkup.class)
public final class PlatformCheckup implements Checkup {
    /** What a capability is for, by its number. Source: linux/capability.h. */
    private static final Map<Integer, String> CAPABILITIES = new TreeMap<>(Map.of(
            12, "CAP_NET_ADMIN (uevents, network interfaces)",
            13, "CAP_NET_RAW (net_af_packet, net_pcap)",
            14, "CAP_IPC_LOCK (memory that stays where it is)",
            17, "CAP_SYS_RAWIO (BARs through sysfs)",
            21, "CAP_SYS_ADMIN (physical addresses, binding of kernel drivers)"));
    private static final List<String> SLOW_FLAGS = List.of("-Xint", "-XX:TieredStopAtLevel=",
            "-Xcheck:jni", "-agentlib:jdwp");
    private static final int FEW_DESCRIPTORS = 1024;

    private final FailureHandling failureHandling;
    private final CpuAffinity affinity;
    private final Path proc;
    private final Path hugepages;

    /** Checks this machine. */
    @Activate
    public PlatformCheckup(@Reference FailureHandling failureHandling,
            @Reference CpuAffinity affinity) {
        this(failureHandling, affinity, Path.of("/proc/self"),
                Path.of("/sys/kernel/mm/hugepages/hugepages-2048kB"));
    }

    PlatformCheckup(FailureHandling failureHandling, CpuAffinity affinity, Path proc,
            Path hugepages) {
        this.failureHandling = failureHandling;
        this.affinity = affinity;
        this.proc = proc;
        this.hugepages = hugepages;
    }

    @Override
    public List<Finding> machine() {
        return List.of(java(), sigbus(), cpus(), rights(), descriptors(), hugepages());
    }

    private Finding java() {
        String version = "Java %s (%s) on Linux %s, %s".formatted(
                System.getProperty("java.version"), System.getProperty("java.vm.name"),
                System.getProperty("os.version"), System.getProperty("os.arch"));
        String slow = Stream.of(read(proc.resolve("cmdline")).split("\0"))
                .filter(word -> SLOW_FLAGS.stream().anyMatch(word::startsWith))
                .collect(Collectors.joining(" "));
        return slow.isEmpty() ? Finding.ok("java", version) : Finding.warning("java", version
                + ", with " + slow, "leave that out of HOTBUS_JAVA_OPTS: packets take many times "
                        + "as long");
    }

    /** Installs the handler for a moment: what keeps it from its place shows then. */
    private Finding sigbus() {
        try (Lease handler = failureHandling.enable()) {
            return Finding.ok("sigbus", "the handler of faults can be installed");
        } catch (DeviceException e) {
            return Finding.bad("sigbus", "removals under load are not survived: "
                    + e.getMessage(), "see above");
        }
    }

    private Finding cpus() {
        List<Integer> cpus = affinity.available();
        return cpus.size() > 1 ? Finding.ok("cpus", cpus.size() + " CPUs for this process")
                : Finding.warning("cpus", "one CPU: lcores share it with all other threads",
                        "give this process another (taskset, cpuset)");
    }

    private Finding rights() {
        long effective = Long.parseUnsignedLong(field("CapEff", "0"), 16);
        String missing = CAPABILITIES.entrySet().stream()
                .filter(each -> (effective >>> each.getKey() & 1) == 0).map(Map.Entry::getValue)
                .collect(Collectors.joining(", "));
        return missing.isEmpty() ? Finding.ok("rights", "all capabilities that drivers need")
                : Finding.warning("rights", "missing: " + missing, "run as root");
    }

    private String field(String name, String otherwise) {
        return read(proc.resolve("status")).lines().filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst()
                .orElse(otherwise);
    }

    private Finding descriptors() {
        String limit = read(proc.resolve("limits")).lines()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.substring("Max open files".length()).strip().split("\\s+")[0])
                .findFirst().orElse("unlimited");
        boolean enough = limit.equals("unlimited") || Long.parseLong(limit) >= FEW_DESCRIPTORS;
        return enough ? Finding.ok("descriptors", limit + " open files at most")
                : Finding.warning("descriptors", "only " + limit + " open files at most",
                        "ulimit -n 4096");
    }

    private Finding hugepages() {
        String free = read(hugepages.resolve("free_hugepages")).strip();
        String cure = "sysctl vm.nr_hugepages=128";
        if (free.isEmpty()) {
            return Finding.warning("hugepages", "the kernel has none of 2 MiB", cure);
        }
        return free.equals("0") ? Finding.warning("hugepages", "none is free: devices that are not "
                + "behind an IOMMU cannot be given packets", cure)
                : Finding.ok("hugepages", free + " of 2 MiB are free");
    }

    /** The text of a file of the kernel; empty if it has no such file. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }
}
