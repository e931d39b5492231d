// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.hotplug.RemovalCause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A kernel with vfio, and functions in its sysfs: what the tests here run against. */
final class VfioTestMachine implements PciAccess.Signals {
    final VfioFakeKernel kernel = new VfioFakeKernel();
    final VfioTestInterrupts interrupts = new VfioTestInterrupts();
    final List<RemovalCause> removals = new CopyOnWriteArrayList<>();
    final VfioGroups groups;
    int interrupted;
    int failed;
    /** What else happens when a removal or an interrupt is told. */
    Runnable whenTold = () -> { };

    private final Path root;

    VfioTestMachine(Path root) {
        this.root = root;
        kernel.nodes.put(root + "/dev/vfio/vfio", 0);
        groups = new VfioGroups(kernel.linux(), interrupts, root.resolve("sys"),
                root.resolve("dev"));
    }

    /** A function of a group, which has a node in {@code /dev/vfio}. */
    PciFunction add(String address, int group, String driver) throws IOException {
        PciFunction function = addWithoutGroup(address);
        Path members = root.resolve("sys/kernel/iommu_groups/" + group + "/devices");
        Files.createDirectories(members.resolve(address));
        Path device = root.resolve("sys/bus/pci/devices").resolve(address);
        Files.createSymbolicLink(device.resolve("iommu_group"),
                Path.of("../../../../kernel/iommu_groups/" + group));
        Files.createSymbolicLink(device.resolve("driver"),
                Path.of("../../../../bus/pci/drivers/" + driver));
        kernel.nodes.put(node(String.valueOf(group)), 0);
        return function;
    }

    PciFunction addWithoutGroup(String address) throws IOException {
        Files.createDirectories(root.resolve("sys/bus/pci/devices").resolve(address));
        return new PciFunction(PciAddress.parse(address).orElseThrow(), PciId.of(0x8086, 0x10d3),
                -1, Optional.of("vfio-pci"), Optional.empty(),
                List.of(new Bar(0, 0xfe00_0000L, 0x20000, true, false)));
    }

    String node(String name) {
        return root + "/dev/vfio/" + name;
    }

    /** Groups are open without an IOMMU from now on. */
    void withoutIommu(int group) {
        kernel.nodes.remove(node(String.valueOf(group)));
        kernel.nodes.put(node("noiommu-" + group), 0);
        kernel.extensions.clear();
        kernel.extensions.add(8);
    }

    @Override
    public void removed(RemovalCause cause) {
        removals.add(cause);
        whenTold.run();
    }

    @Override
    public void failed() {
        failed++;
    }

    @Override
    public void interrupted() {
        interrupted++;
        whenTold.run();
    }
}
