// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * IOMMU groups as sysfs and {@code /dev} show them. Reads only links, for which the kernel takes no
 * lock of a device.
 *
 * @param sysfs where sysfs is mounted
 * @param dev   where the device nodes are
 */
record VfioSysfs(Path sysfs, Path dev) {
    /** Drivers that do not keep a group from being used, because they do no DMA of their own. */
    private static final Set<String> HARMLESS =
            Set.of(KernelDriver.VFIO_PCI.text(), "pci-stub", "pcieport");

    /** The number of the function's IOMMU group, if it has one. */
    OptionalInt group(PciAddress address) {
        Optional<String> link = target(device(address.toString()).resolve("iommu_group"));
        return link.map(number -> OptionalInt.of(Integer.parseInt(number)))
                .orElse(OptionalInt.empty());
    }

    /**
     * The functions that keep the group of {@code address} from being used, as {@code 0000:01:00.1
     * (e1000e)}. If that is unknown, all other functions of the group.
     */
    List<String> othersInTheWay(int group, PciAddress address) {
        Path members = sysfs.resolve("kernel/iommu_groups/" + group + "/devices");
        List<String> others;
        try (Stream<Path> devices = Files.list(members)) {
            others = devices.map(device -> device.getFileName().toString())
                    .filter(name -> !name.equals(address.toString())).sorted().toList();
        } catch (IOException e) {
            return List.of(members + ": " + e);
        }
        List<String> inTheWay = others.stream().filter(
                name -> driver(name).filter(driver -> !HARMLESS.contains(driver)).isPresent())
                .toList();
        return (inTheWay.isEmpty() ? others : inTheWay).stream()
                .map(name -> name + " (" + driver(name).orElse("no driver") + ")").toList();
    }

    private Optional<String> driver(String function) {
        return target(device(function).resolve("driver"));
    }

    private Path device(String function) {
        return sysfs.resolve("bus/pci/devices").resolve(function);
    }

    private static Optional<String> target(Path link) {
        try {
            return Optional.of(Files.readSymbolicLink(link).getFileName().toString());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The node by which a container is opened. */
    Path containerNode() {
        return dev.resolve("vfio/vfio");
    }

    /** The node of a group behind an IOMMU. */
    Path groupNode(int group) {
        return dev.resolve("vfio/" + group);
    }

    /** The node of a group without an IOMMU. */
    Path noIommuGroupNode(int group) {
        return dev.resolve("vfio/noiommu-" + group);
    }
}
