// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.checkup;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.testing.TestOs;
import io.hotbus.core.thread.Affinity;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.checkup.Finding;
import io.hotbus.eal.checkup.Finding.Level;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlatformCheckupTest {
    @TempDir
    Path folder;

    private int leases;
    private DeviceException refusal;

    private final FailureHandling failureHandling = new FailureHandling() {
        @Override
        public Lease enable() throws DeviceException {
            if (refusal != null) {
                throw refusal;
            }
            leases++;
            return () -> leases--;
        }

        @Override
        public boolean enabled() {
            return leases > 0;
        }

        @Override
        public FaultCounts faults() {
            throw new AssertionError("not asked for");
        }
    };

    @BeforeEach
    void makeAGoodMachine() throws Exception {
        write("cmdline", "java\0-Xmx512m\0");
        write("status", "Name:\tjava\nCapEff:\t000001ffffffffff\n");
        write("limits", "Limit                     Soft Limit           Hard Limit\n"
                + "Max open files            4096                 4096                 files\n");
        write("free_hugepages", "64\n");
    }

    private void write(String file, String text) throws Exception {
        Files.writeString(folder.resolve(file), text);
    }

    private Map<String, Finding> check() throws Exception {
        return new PlatformCheckup(failureHandling, new Affinity(TestOs.LINUX), folder, folder)
                .machine().stream().collect(Collectors.toMap(Finding::subject,
                        Function.identity()));
    }

    @Test
    void shouldBeContentWithAGoodMachine() throws Exception {
        Map<String, Finding> found = check();
        found.remove("cpus"); // this machine's
        assertThat(found.values()).hasSize(5).allMatch(each -> each.level() == Level.OK);
        assertThat(leases).isZero();
    }

    @Test
    void shouldSayWhyFaultsCannotBeHandled() throws Exception {
        refusal = new DeviceException("libjsig is loaded");
        assertThat(check().get("sigbus").level()).isEqualTo(Level.BAD);
        assertThat(check().get("sigbus").text()).contains("libjsig is loaded");
    }

    @Test
    void shouldNameWhatIsMissing() throws Exception {
        write("cmdline", "java\0-Xint\0-Xmx512m\0");
        write("status", "CapEff:\t0000000000003000\n");
        write("limits",
                "Max open files            256                  256                files\n");
        write("free_hugepages", "0\n");
        Map<String, Finding> found = check();
        assertThat(found.get("java").text()).contains("with -Xint");
        assertThat(found.get("rights").text()).isEqualTo("missing: CAP_IPC_LOCK (memory that "
                + "stays where it is), CAP_SYS_RAWIO (BARs through sysfs), CAP_SYS_ADMIN "
                + "(physical addresses, binding of kernel drivers)");
        assertThat(found.get("descriptors").text()).contains("only 256");
        assertThat(found.get("hugepages").cure()).isEqualTo("sysctl vm.nr_hugepages=128");
        Files.delete(folder.resolve("free_hugepages"));
        assertThat(check().get("hugepages").text()).isEqualTo("the kernel has none of 2 MiB");
    }
}
