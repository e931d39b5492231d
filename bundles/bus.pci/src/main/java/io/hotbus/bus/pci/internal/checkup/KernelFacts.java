// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel says of itself.
 *
 * @param root    where {@code sys}, {@code proc} and {@code lib} are
 * @param release the kernel's release, {@code 6.1.0-40-amd64}
 */
record KernelFacts(Path root, String release) {
    /** Where a kernel module is. */
    enum Module {
        LOADED, INSTALLED, MISSING
    }

    private static final Pattern LOCKDOWN = Pattern.compile("\\[(\\w+)]");
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    /** The mode of lockdown, if it is on. Source: kernel_lockdown(7). */
    Optional<String> lockdown() {
        Matcher mode = LOCKDOWN.matcher(read("sys/kernel/security/lockdown"));
        return mode.find() && !mode.group(1).equals("none")
                ? Optional.of(mode.group(1)) : Optional.empty();
    }

    /** Whether the kernel loads no module without a signature that it trusts. */
    boolean signedModulesOnly() {
        return lockdown().isPresent()
                || read("sys/module/module/parameters/sig_enforce").startsWith("Y");
    }

    /** Whether the machine has an IOMMU that the kernel uses. */
    boolean hasIommu() {
        try (DirectoryStream<Path> groups =
                Files.newDirectoryStream(root.resolve("sys/kernel/iommu_groups"))) {
            return groups.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether vfio hands out functions without an IOMMU. */
    boolean unsafeNoIommu() {
        return read("sys/module/vfio/parameters/enable_unsafe_noiommu_mode").startsWith("Y");
    }

    /** Whether a hugepage is free. */
    boolean hasHugepages() {
        String free =
                read("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages").strip();
        return !free.isEmpty() && !free.equals("0");
    }

    /** Whether a mapping of a BAR through sysfs faults once the function is gone. */
    boolean sysfsMappingFaults() {
        Matcher version = VERSION.matcher(release);
        return version.matches() && Integer.parseInt(version.group(1)) * 1000
                + Integer.parseInt(version.group(2)) < 5012;
    }

    Module module(String name) {
        if (Files.exists(root.resolve("sys/module").resolve(name.replace('-', '_')))) {
            return Module.LOADED;
        }
        String file = "/" + name + ".ko";
        String folder = "lib/modules/" + release + "/";
        return read(folder + "modules.dep").contains(file)
                || read(folder + "modules.builtin").contains(file)
                ? Module.INSTALLED : Module.MISSING;
    }

    /** The text of a file; empty if there is no such file. */
    String read(String file) {
        try {
            return new String(
                    Files.readAllBytes(root.resolve(file)), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
