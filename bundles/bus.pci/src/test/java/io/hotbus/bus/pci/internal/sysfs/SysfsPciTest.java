// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.bus.pci.PciId;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(300)
final class SysfsPciTest {
    private static final String NIC = "0000:03:00.0";
    private static final PciAddress ADDRESS = PciAddress.parse(NIC).orElseThrow();

    @TempDir
    Path temp;
    private FakeSysfs fake;
    private SysfsPci sysfs;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeSysfs(temp);
        sysfs = new SysfsPci(fake.root());
    }

    private static void fifo(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
    }

    @Test
    void shouldReadAFunction() throws Exception {
        fake.plug("0000:00:1c.0");
        Path home = fake.plug(NIC, fake.devpath("0000:00:1c.0"));
        fake.write(home, "numa_node", "1\n");
        fake.write(home, "resource", """
                0x00000000febc0000 0x00000000febdffff 0x0000000000040200
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x000000000000c000 0x000000000000c01f 0x0000000000040101
                0x0000380000000000 0x0000380000003fff 0x000000000014220c
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x0000000000000000 0x0000000000000000 0x0000000000000000
                0x00000000fe800000 0x00000000fe83ffff 0x0000000000046200
                """);
        fake.driver("e1000e");
        fake.bind(NIC, Optional.of("e1000e"));

        FoundFunction found = sysfs.find(ADDRESS).orElseThrow();
        assertThat(found.function()).isEqualTo(new PciFunction(ADDRESS,
                new PciId(0x8086, 0x10d3, 0x8086, 0xa01f, 0x020000), 1, Optional.of("e1000e"),
                Optional.empty(), List.of(new Bar(0, 0xfebc0000L, 0x20000, true, false),
                        new Bar(2, 0xc000, 32, false, false),
                        new Bar(3, 0x3800_0000_0000L, 0x4000, true, true))));
        assertThat(found.devpath())
                .isEqualTo("/devices/pci0000:00/0000:00:1c.0/0000:03:00.0");
        assertThat(found.unassigned()).isFalse();
    }

    @Test
    void shouldFindAllInOrder() throws Exception {
        fake.plug("0000:03:00.1");
        fake.plug(NIC);
        fake.plug("10000:00:02.0");
        fake.physical("0000:03:00.1", NIC);
        Files.createDirectory(fake.root().resolve("bus/pci/devices/other"));

        assertThat(sysfs.scan()).extracting(f -> f.address().toString())
                .containsExactly(NIC, "0000:03:00.1", "10000:00:02.0");
        assertThat(sysfs.scan().get(1).function().physical()).contains(ADDRESS);
    }

    @Test
    void shouldSayWhereThereIsNoPci() {
        Path none = temp.resolve("none");

        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> new SysfsPci(none).scan())
                .withMessage("this machine has no PCI bus: no " + none + "/bus/pci/devices");
        assertThat(new SysfsPci(none).ueventSequence()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"vendor|8086", "device|0x10d3f", "subsystem_vendor|''",
            "subsystem_device|0xzz", "class|0x1020000", "class|-1", "numa_node|0x", "resource|''",
            "resource|0x1 0x2", "resource|1 2 3", "resource|0x2000 0x1000 0x200",
            "resource|0xffffffffffffffff 0xffffffffffffffff 0x200"})
    void shouldLeaveOutWhatItCannotUnderstand(String file, String content) throws Exception {
        fake.plug("0000:04:00.0");
        Path home = fake.plug(NIC);
        fake.write(home, file, content);

        assertThat(sysfs.scan()).extracting(f -> f.address().toString())
                .containsExactly("0000:04:00.0");
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> sysfs.find(ADDRESS))
                .withMessage("%s: cannot be read: %s holds '%s'", NIC,
                        fake.root().resolve("bus/pci/devices/" + NIC + "/" + file), content);
    }

    @Test
    void shouldShowAHarmlessPartOfHostileContent() throws Exception {
        fake.write(fake.plug(NIC), "class", "\u001b[2J" + "x".repeat(5000));

        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> sysfs.find(ADDRESS))
                .withMessageEndingWith("holds '?[2J" + "x".repeat(56) + "...'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vendor", "class", "resource"})
    void shouldSkipWhatVanishesWhileItIsRead(String file) throws Exception {
        Files.delete(fake.plug(NIC).resolve(file));

        assertThat(sysfs.find(ADDRESS)).isEmpty();
        assertThat(sysfs.scan()).isEmpty();
    }

    @Test
    void shouldDoWithoutNuma() throws Exception {
        Files.delete(fake.plug(NIC).resolve("numa_node"));

        assertThat(sysfs.find(ADDRESS).orElseThrow().function().numaNode()).isEqualTo(-1);
    }

    @Test
    void shouldScanWhileFunctionsComeAndGo() throws Exception {
        fake.plug("0000:05:00.0");
        Thread kernel = new Thread(() -> {
            for (int i = 0; i < 100; i++) {
                fake.plug(NIC);
                fake.unplug(NIC);
            }
        });
        kernel.start();
        do {
            assertThat(sysfs.scan()).extracting(f -> f.address().toString())
                    .contains("0000:05:00.0").isSubsetOf("0000:05:00.0", NIC);
        } while (kernel.isAlive());
    }

    /** A read of a pipe without a writer waits for ever, as such a file may during a removal. */
    @Test
    void shouldReadNothingThatTakesTheLockOfTheDevice() throws Exception {
        Path home = fake.plug(NIC);
        Files.delete(home.resolve("driver_override"));
        for (String file : List.of("sriov_numvfs", "sriov_totalvfs", "driver_override", "config",
                "reset", "remove", "rescan", "uevent", "power_state")) {
            Files.deleteIfExists(home.resolve(file));
            fifo(home.resolve(file));
        }

        assertThat(sysfs.scan()).hasSize(1);
    }

    @Test
    void shouldTellOneStayInTheSlotFromTheNext() throws Exception {
        fake.plug(NIC);
        long first = sysfs.inode(ADDRESS).orElseThrow();
        assertThat(sysfs.find(ADDRESS).orElseThrow().inode()).isEqualTo(first);
        fake.unplug(NIC);
        assertThat(sysfs.inode(ADDRESS)).isEmpty();
        assertThat(sysfs.find(ADDRESS)).isEmpty();
        fake.plug(NIC);

        assertThat(sysfs.find(ADDRESS).orElseThrow().inode()).isNotEqualTo(first);
    }

    @Test
    void shouldKnowABarThatHasNoAddressYet() throws Exception {
        fake.write(fake.plug(NIC), "resource", FakeSysfs.resource(false));

        FoundFunction found = sysfs.find(ADDRESS).orElseThrow();
        assertThat(found.unassigned()).isTrue();
        assertThat(found.function().bars()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0x1000 0x1fff 0x20000200, true", "0x0 0x1f 0x101, false",
            "0x0 0x1fff 0x40200, true", "0x0 0x0 0x0, false"})
    void shouldWaitForMemoryAlone(String line, boolean unassigned) {
        assertThat(Resources.parse(line + "\n").orElseThrow())
                .isEqualTo(new Resources(List.of(), unassigned));
    }

    @Test
    void shouldKnowTheLatestUevent() {
        long sequence = fake.nextSequence();

        assertThat(sysfs.ueventSequence()).isEqualTo(sequence);
    }
}
