// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files by which a kernel tells of itself, in a folder. At first it has nothing. */
record Machine(Path root) {
    static final String RELEASE = "6.1.0-40-amd64";

    KernelFacts kernel() {
        return kernel(RELEASE);
    }

    KernelFacts kernel(String release) {
        return new KernelFacts(root, release);
    }

    Machine write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        return this;
    }

    Machine folder(String folder) throws IOException {
        Files.createDirectories(root.resolve(folder));
        return this;
    }

    /** A link to another file of this machine. */
    Machine link(String link, String target) throws IOException {
        Path path = root.resolve(link);
        Files.createDirectories(path.getParent());
        Files.createSymbolicLink(path, root.resolve(target));
        return this;
    }

    Machine withIommu() throws IOException {
        return folder("sys/kernel/iommu_groups/7/devices");
    }

    Machine withHugepages() throws IOException {
        return write("sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", "64\n");
    }

    Machine loaded(String module) throws IOException {
        return folder("sys/module/" + module);
    }

    Machine lockedDown() throws IOException {
        return write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    }
}
