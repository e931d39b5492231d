// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
final class DriverBindingTest {
    private static final String NIC = "0000:03:00.0";
    private static final PciAddress ADDRESS = PciAddress.parse(NIC).orElseThrow();
    private static final BooleanSupplier LONG_THERE = () -> false;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    Path temp;
    private FakeSysfs fake;
    private FakeKernel kernel;
    private SysfsPci sysfs;
    private Path home;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeSysfs(temp);
        fake.driver("e1000e");
        fake.driver("igb_uio");
        fake.driver("vfio-pci");
        home = fake.plug(NIC);
        fake.bind(NIC, Optional.of("e1000e"));
        kernel = new FakeKernel(fake);
        kernel.nativeDriver = Optional.of("e1000e");
        sysfs = new SysfsPci(fake.root());
    }

    @AfterEach
    void close() throws Exception {
        kernel.close();
    }

    private DriverBinding binding() {
        return binding(PATIENCE, PATIENCE);
    }

    private DriverBinding binding(Duration kernel, Duration arrival) {
        return new DriverBinding(sysfs, new PatientFiles(() -> kernel), () -> arrival);
    }

    private void bind(KernelDriver driver) throws DeviceException {
        binding().bind(ADDRESS, driver, LONG_THERE);
    }

    /** Writing to it fails at once. */
    private Path refuse(String driver) throws Exception {
        Path bind = fake.root().resolve("bus/pci/drivers/" + driver + "/bind");
        Files.delete(bind);
        return Files.createDirectory(bind);
    }

    @Test
    void shouldTakeAFunctionAwayAndGiveItBack() throws Exception {
        bind(KernelDriver.IGB_UIO);
        assertThat(sysfs.driver(ADDRESS)).contains("igb_uio");
        assertThat(kernel.override(NIC)).contains("igb_uio");
        binding().unbind(ADDRESS);

        assertThat(kernel.override(NIC)).isEmpty();
        assertThat(kernel.calls).startsWith("unbind e1000e " + NIC, "bind igb_uio " + NIC)
                .contains("unbind igb_uio " + NIC);
        awaitDriver("e1000e");
    }

    private void awaitDriver(String driver) {
        Patience patience = new Patience(PATIENCE);
        while (!sysfs.driver(ADDRESS).equals(Optional.of(driver))) {
            assertThat(patience.pause()).as("waiting for " + driver).isTrue();
        }
    }

    @Test
    void shouldDoNothingTwice() throws Exception {
        bind(KernelDriver.IGB_UIO);
        int calls = kernel.calls.size();
        bind(KernelDriver.IGB_UIO);
        assertThat(kernel.calls).hasSize(calls);

        bind(KernelDriver.VFIO_PCI);
        bind(KernelDriver.NONE);
        bind(KernelDriver.NONE);
        assertThat(sysfs.driver(ADDRESS)).isEmpty();
        assertThat(kernel.override(NIC)).as("the kernel is to keep off it").contains("none");
        binding().unbind(ADDRESS);
        awaitDriver("e1000e");
        binding().unbind(ADDRESS);
        assertThat(sysfs.driver(ADDRESS)).contains("e1000e");
    }

    @Test
    void shouldSayWhichModuleIsMissing() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bind(KernelDriver.UIO_PCI_GENERIC)).withMessage(NIC
                        + ": kernel driver uio_pci_generic is not loaded: "
                        + "modprobe uio_pci_generic");
        assertThat(sysfs.driver(ADDRESS)).contains("e1000e");
        assertThat(kernel.override(NIC)).isEmpty();
    }

    @Test
    void shouldSayThatItIsNotThere() {
        fake.unplug(NIC);

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bind(KernelDriver.IGB_UIO)).withMessage(NIC + ": is not there");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> binding().unbind(ADDRESS))
                .withMessage(NIC + ": is not there");
    }

    @Test
    void shouldLeaveAnInterfaceOfTheHostAlone() throws Exception {
        Path eth0 = Files.createDirectories(home.resolve("net/eth0"));
        fake.write(eth0, "flags", "0x1003\n");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bind(KernelDriver.IGB_UIO)).withMessage(NIC + ": is the host's "
                        + "network interface eth0, which is up; if it can be spared: "
                        + "ip link set eth0 down");
        fake.write(eth0, "flags", "0x1002\n");
        Path eth1 = Files.createDirectories(home.resolve("virtio0/net/eth1"));
        fake.write(eth1, "flags", "0x1003\n");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bind(KernelDriver.IGB_UIO)).withMessageContaining("eth1");

        fake.write(eth1, "flags", "0x1002\n");
        bind(KernelDriver.IGB_UIO);
        assertThat(sysfs.driver(ADDRESS)).contains("igb_uio");
    }

    @Test
    void shouldGiveItBackWhereTheDriverDoesNotTakeIt() throws Exception {
        Path bind = refuse("vfio-pci");

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> bind(KernelDriver.VFIO_PCI))
                .withMessage(NIC + ": vfio-pci did not take it: " + bind + ": Is a directory "
                        + "(dmesg says more; is there an IOMMU, and is it on?)");
        assertThat(kernel.override(NIC)).isEmpty();
        awaitDriver("e1000e");
    }

    @Test
    void shouldGiveUpOnADriverThatNeverTakesIt() throws Exception {
        fake.bind(NIC, Optional.empty());
        kernel.bindable = false;

        assertThatExceptionOfType(DeviceException.class).isThrownBy(
                () -> binding(PATIENCE, Duration.ofMillis(200))
                        .bind(ADDRESS, KernelDriver.IGB_UIO, LONG_THERE))
                .withMessageStartingWith(NIC + ": igb_uio did not take it: for no reason given");
    }

    /** Whatever writing to bind says meanwhile: it is the kernel that binds it in the end. */
    @Test
    void shouldWaitForAFunctionThatHasJustArrived() throws Exception {
        fake.bind(NIC, Optional.empty());
        refuse("igb_uio");
        AtomicInteger looks = new AtomicInteger();
        BooleanSupplier justArrived = () -> {
            if (looks.incrementAndGet() == 5) {
                kernel.probe(NIC);
            }
            return true;
        };

        binding().bind(ADDRESS, KernelDriver.IGB_UIO, justArrived);
        assertThat(sysfs.driver(ADDRESS)).contains("igb_uio");
        assertThat(looks).hasValue(5);
    }

    @Test
    void shouldTakeItFromTheDriverThatTheKernelGivesItToMeanwhile() throws Exception {
        fake.bind(NIC, Optional.empty());
        kernel.bindable = false;
        AtomicInteger looks = new AtomicInteger();
        binding().bind(ADDRESS, KernelDriver.IGB_UIO, () -> {
            if (looks.incrementAndGet() == 3) {
                fake.bind(NIC, Optional.of("e1000e"));
                kernel.bindable = true;
            }
            return true;
        });

        assertThat(sysfs.driver(ADDRESS)).contains("igb_uio");
    }

    @Test
    void shouldNotTakeItFromTheDriverItIsForWhenTheKernelIsFaster() throws Exception {
        fake.bind(NIC, Optional.empty());
        kernel.bindable = false;
        AtomicInteger looks = new AtomicInteger();
        SysfsPci looked = new SysfsPci(fake.root()) {
            @Override
            public Optional<String> driver(PciAddress address) {
                Optional<String> driver = super.driver(address);
                // That which decides, after one that asks whether there is anything to do.
                if (looks.incrementAndGet() == 2) {
                    kernel.probe(NIC);
                }
                return driver;
            }
        };

        new DriverBinding(looked, new PatientFiles(() -> PATIENCE), () -> PATIENCE)
                .bind(ADDRESS, KernelDriver.IGB_UIO, () -> true);
        assertThat(sysfs.driver(ADDRESS)).contains("igb_uio");
        assertThat(kernel.calls).noneMatch(call -> call.startsWith("unbind"));
    }

    @Test
    void shouldNoticeThatItWentMeanwhile() throws Exception {
        kernel.bindable = false;

        assertThatExceptionOfType(DeviceException.class).isThrownBy(
                () -> binding().bind(ADDRESS, KernelDriver.IGB_UIO, () -> {
                    fake.unplug(NIC);
                    return true;
                })).withMessage(NIC + ": went away while it was being bound");
    }

    /** A pipe without a reader blocks its writer, like a kernel that removes the device. */
    @Test
    void shouldNotWaitForTheKernelForEver() throws Exception {
        Path unbind = fake.root().resolve("bus/pci/drivers/e1000e/unbind");
        kernel.close();
        Files.delete(unbind);
        assertThat(new ProcessBuilder("mkfifo", unbind.toString()).start().waitFor()).isZero();
        try {
            assertThatExceptionOfType(DeviceException.class).isThrownBy(
                    () -> binding(Duration.ofSeconds(1), PATIENCE)
                            .bind(ADDRESS, KernelDriver.IGB_UIO, LONG_THERE))
                    .withMessage("%s: writing to %s has not returned within 1000 ms: the kernel is "
                            + "busy with the device, most likely removing it; try again later",
                            NIC, unbind);
        } finally {
            Files.newInputStream(unbind).close();
        }
    }
}
