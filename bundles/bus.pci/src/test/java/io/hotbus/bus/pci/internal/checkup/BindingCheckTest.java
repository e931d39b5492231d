// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.eal.checkup.Finding;
import io.hotbus.eal.checkup.Finding.Level;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BindingCheckTest {
    @TempDir
    Path root;

    private Machine machine;

    @BeforeEach
    void begin() {
        machine = new Machine(root);
    }

    private Finding check(KernelDriver driver) {
        return new BindingCheck(machine.kernel()).of(driver);
    }

    @Test
    void shouldSayWhatEachBindingLacksOnABareMachine() {
        assertThat(check(KernelDriver.IGB_UIO)).isEqualTo(Finding.warning("bind=igb_uio",
                "there is no module igb_uio for Linux " + Machine.RELEASE,
                "build it: kmod/README.md"));
        assertThat(check(KernelDriver.UIO_PCI_GENERIC).text()).startsWith("there is no module");
        assertThat(check(KernelDriver.VFIO_PCI).text()).startsWith("there is no IOMMU");
        assertThat(check(KernelDriver.NONE)).isEqualTo(Finding.warning("bind=none",
                "needs hugepages, and none is free", "sysctl vm.nr_hugepages=128"));
    }

    @Test
    void shouldTellALoadedModuleFromAnInstalledOne() throws Exception {
        machine.withHugepages().write("lib/modules/" + Machine.RELEASE + "/modules.dep",
                "kernel/drivers/uio/uio_pci_generic.ko: kernel/drivers/uio/uio.ko\n");
        assertThat(check(KernelDriver.UIO_PCI_GENERIC)).isEqualTo(Finding.warning(
                "bind=uio_pci_generic", "the module is not loaded", "modprobe uio_pci_generic"));

        machine.loaded("uio_pci_generic").loaded("igb_uio");
        assertThat(check(KernelDriver.UIO_PCI_GENERIC).level()).isEqualTo(Level.OK);
        assertThat(check(KernelDriver.IGB_UIO).text()).contains("SIGBUS, which is repaired");
    }

    @Test
    void shouldNeedASignatureWhereTheKernelDoes() throws Exception {
        machine.withIommu().write("sys/module/module/parameters/sig_enforce", "Y\n")
                .write("lib/modules/" + Machine.RELEASE + "/modules.dep",
                        "kernel/drivers/vfio/pci/vfio-pci.ko:\n");
        assertThat(check(KernelDriver.VFIO_PCI).cure()).contains("needs a signature");
    }

    @Test
    void shouldOnlyTrustVfioUnderLockdown() throws Exception {
        machine.withIommu().withHugepages().lockedDown().loaded("vfio_pci").loaded("igb_uio");
        for (KernelDriver driver : KernelDriver.values()) {
            assertThat(check(driver).level()).isEqualTo(
                    driver == KernelDriver.VFIO_PCI ? Level.OK : Level.WARNING);
        }
        assertThat(check(KernelDriver.NONE).text()).contains("under lockdown (integrity)");

        machine.write("sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
        assertThat(check(KernelDriver.NONE).level()).isEqualTo(Level.OK);
    }

    @Test
    void shouldWarnOfVfioWithoutAnIommu() throws Exception {
        machine.loaded("vfio_pci")
                .write("sys/module/vfio/parameters/enable_unsafe_noiommu_mode", "Y\n");
        assertThat(check(KernelDriver.VFIO_PCI).level()).isEqualTo(Level.WARNING);
        assertThat(check(KernelDriver.VFIO_PCI).text()).contains("can write to any memory");
    }

    @Test
    void shouldSayWhetherARemovalIsASigbus() throws Exception {
        machine.withHugepages();
        for (String release : new String[] {"5.11.9", "4.19.0-27-amd64"}) {
            assertThat(new BindingCheck(machine.kernel(release)).of(KernelDriver.NONE).text())
                    .contains("is a SIGBUS");
        }
        for (String release : new String[] {"5.12.0", "6.1.0-40-amd64", "mine"}) {
            assertThat(new BindingCheck(machine.kernel(release)).of(KernelDriver.NONE).text())
                    .contains("raises no SIGBUS");
        }
    }
}
