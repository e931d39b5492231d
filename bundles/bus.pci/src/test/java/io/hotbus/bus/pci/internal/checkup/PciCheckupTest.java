// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciBus;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.checkup.Finding;
import io.hotbus.eal.checkup.Finding.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PciCheckupTest {
    private static final String ADDRESS = "0000:03:00.0";
    private static final String FOLDER = "sys/devices/pci0000:00/0000:00:02.0/" + ADDRESS;

    @TempDir
    Path root;

    private Machine machine;
    private PciFunction function = function(Optional.empty());

    private final PciBus bus = new PciBus() {
        @Override
        public List<PciFunction> functions() {
            return List.of(function);
        }

        @Override
        public void bind(PciAddress address, KernelDriver driver) {
            throw new AssertionError("a check changes nothing");
        }

        @Override
        public void setVirtualFunctions(PciAddress address, int count) {
            throw new AssertionError("a check changes nothing");
        }

        @Override
        public void unbind(PciAddress address) {
            throw new AssertionError("a check changes nothing");
        }
    };

    private final PciDriver driver = new PciDriver() {
        @Override
        public String name() {
            return "net_test";
        }

        @Override
        public List<PciId> ids() {
            return List.of(PciId.of(0x8086, 0x10d3));
        }

        @Override
        public void probe(PciDevice device) {
            throw new AssertionError("a check changes nothing");
        }

        @Override
        public void remove(PciDevice device) {
            throw new AssertionError("a check changes nothing");
        }
    };

    private static PciFunction function(Optional<String> kernelDriver) {
        return new PciFunction(PciAddress.parse(ADDRESS).orElseThrow(),
                new PciId(0x8086, 0x10d3, 0, 0, 0x020000), -1, kernelDriver, Optional.empty(),
                List.of(new Bar(0, 0x1000, 4096, true, false)));
    }

    @BeforeEach
    void begin() throws Exception {
        machine = new Machine(root).withHugepages().folder(FOLDER)
                .link("sys/bus/pci/devices/" + ADDRESS, FOLDER);
    }

    private List<Finding> check() {
        PciCheckup checkup = new PciCheckup(bus, root, Machine.RELEASE);
        checkup.addDriver(driver);
        return checkup.device(ADDRESS);
    }

    @Test
    void shouldNameTheDevargsOfAFunctionThatIsFree() throws Exception {
        assertThat(check()).allMatch(finding -> finding.level() == Level.OK)
                .contains(Finding.ok("driver", "net_test drives 8086:10d3"),
                        Finding.ok("attach", "-a 0000:03:00.0,bind=none"));

        machine.loaded("igb_uio");
        assertThat(check()).contains(Finding.ok("attach", "-a 0000:03:00.0,bind=igb_uio"));
    }

    @Test
    void shouldPreferVfioToDriversThatASigbusDoesNotTell() throws Exception {
        machine.withIommu().loaded("vfio_pci").loaded("uio_pci_generic")
                .folder("sys/kernel/iommu_groups/7");
        assertThat(check()).as("the function is not behind the IOMMU").last()
                .isEqualTo(Finding.ok("attach", "-a 0000:03:00.0,bind=none"));

        machine.write(FOLDER + "/irq", "11\n");
        assertThat(check()).last()
                .isEqualTo(Finding.ok("attach", "-a 0000:03:00.0,bind=uio_pci_generic"));

        machine.link(FOLDER + "/iommu_group", "sys/kernel/iommu_groups/7");
        assertThat(check()).last()
                .isEqualTo(Finding.ok("attach", "-a 0000:03:00.0,bind=vfio-pci"));
    }

    @Test
    void shouldFindTheInterfaceThatIsUp() throws Exception {
        function = function(Optional.of("e1000e"));
        machine.write(FOLDER + "/net/eth7/flags", "0x1003\n")
                .link("sys/class/net/eth7", FOLDER + "/net/eth7")
                .write("sys/devices/virtual/net/lo/flags", "0x9\n")
                .link("sys/class/net/lo", "sys/devices/virtual/net/lo");
        assertThat(check()).contains(
                Finding.warning("kernel driver", "the kernel's e1000e drives it",
                        "bind= takes it over when the device is attached"),
                Finding.bad("in use", "the network interface eth7 is up",
                        "ip link set eth7 down"));

        machine.write(FOLDER + "/net/eth7/flags", "0x1002\n");
        assertThat(check()).noneMatch(finding -> finding.level() == Level.BAD);
    }

    @Test
    void shouldFindTheFileSystemAndTheSwapSpaceAndThePartOfAnother() throws Exception {
        machine.write(FOLDER + "/nvme/nvme0/nvme0n1/dev", "259:0\n")
                .link("sys/class/block/nvme0n1", FOLDER + "/nvme/nvme0/nvme0n1")
                .write(FOLDER + "/nvme/nvme0/nvme0n1/nvme0n1p1/dev", "259:1\n")
                .link("sys/class/block/nvme0n1p1", FOLDER + "/nvme/nvme0/nvme0n1/nvme0n1p1")
                .folder(FOLDER + "/nvme/nvme0/nvme0n1/holders/dm-0");
        assertThat(check()).contains(Finding.bad("in use", "nvme0n1 is part of dm-0",
                "umount, swapoff, or stop what uses it"));

        machine.write("proc/self/mountinfo",
                "22 1 259:1 / /data rw,relatime - ext4 /dev/nvme0n1p1 rw\n");
        assertThat(check()).extracting(Finding::text).contains("nvme0n1p1 is mounted on /data");

        machine.write("proc/self/mountinfo", "")
                .write("proc/swaps", "Filename\n/dev/nvme0n1p1\tpartition\t1\n");
        assertThat(check()).extracting(Finding::text).contains("nvme0n1p1 is swap space");
    }

    @Test
    void shouldFindTheProcessThatDrivesIt() throws Exception {
        machine.folder(FOLDER + "/uio/uio3").link("sys/class/uio/uio3", FOLDER + "/uio/uio3")
                .write("proc/4711/comm", "dpdk-testpmd\n");
        Files.createDirectories(root.resolve("proc/4711/fd"));
        Files.createSymbolicLink(root.resolve("proc/4711/fd/9"),
                Path.of("/dev/uio3"));
        assertThat(check()).contains(Finding.bad("in use",
                "process 4711 (dpdk-testpmd) drives it",
                "end that process, or detach the device there"));
    }

    @Test
    void shouldSayThatThereIsNoSuchFunctionAndLeaveOtherNamesToOthers() {
        PciCheckup checkup = new PciCheckup(bus, root, Machine.RELEASE);
        assertThat(checkup.device("0000:04:00.0")).singleElement()
                .satisfies(finding -> assertThat(finding.text())
                        .isEqualTo("there is no PCI function 0000:04:00.0"));
        assertThat(checkup.device("net_null0")).isEmpty();
        assertThat(checkup.device(ADDRESS)).contains(Finding.bad("driver",
                "none of the drivers here is for 8086:10d3", "deploy the bundle of one that is"));
    }
}
