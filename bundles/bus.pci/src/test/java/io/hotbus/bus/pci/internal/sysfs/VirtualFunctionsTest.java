// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's side is tried in the rig; this is what is said and written to sysfs. */
final class VirtualFunctionsTest {
    private static final String PF = "0000:03:00.0";
    private static final PciAddress ADDRESS = PciAddress.parse(PF).orElseThrow();

    @TempDir
    Path temp;

    private FakeSysfs fake;
    private Path home;
    private VirtualFunctions functions;

    @BeforeEach
    void open() throws Exception {
        fake = new FakeSysfs(temp);
        fake.driver("igb");
        home = fake.plug(PF);
        fake.bind(PF, Optional.of("igb"));
        functions = new VirtualFunctions(new SysfsPci(fake.root()),
                new PatientFiles(() -> Duration.ofSeconds(30)));
    }

    private void offer(int total, int now) {
        fake.write(home, "sriov_totalvfs", total + "\n");
        fake.write(home, "sriov_numvfs", now + "\n");
    }

    private String number() throws Exception {
        return Files.readString(home.resolve("sriov_numvfs")).strip();
    }

    @Test
    void shouldSetTheNumber() throws Exception {
        offer(7, 0);
        functions.set(ADDRESS, 3);
        assertThat(number()).isEqualTo("3");
        functions.set(ADDRESS, 7);
        assertThat(number()).isEqualTo("7");
        functions.set(ADDRESS, 0);
        assertThat(number()).isEqualTo("0");
    }

    @Test
    void shouldWriteNothingWhereTheNumberIsRight() throws Exception {
        offer(7, 3);
        Path file = home.resolve("sriov_numvfs");
        Object before = Files.getLastModifiedTime(file);
        functions.set(ADDRESS, 3);
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(before);
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        assertRefused(1, PF + ": has no virtual functions (SR-IOV)");
        offer(7, 0);
        assertRefused(8, PF + ": has 0 to 7 virtual functions, not 8");
        assertRefused(-1, "not -1");
        assertThat(number()).isEqualTo("0");
        Files.delete(home.resolve("sriov_numvfs"));
        Files.createDirectory(home.resolve("sriov_numvfs"));
        assertRefused(1, "and igb has it; dmesg says more");
        fake.unplug(PF);
        assertRefused(1, PF + ": is not there");
    }

    private void assertRefused(int count, String why) {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> functions.set(ADDRESS, count)).withMessageContaining(why);
    }
}
