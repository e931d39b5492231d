// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PciSettingsTest {
    private static final PciAddress FIRST = new PciAddress(0, 3, 0, 0);
    private static final PciAddress SECOND = new PciAddress(0, 3, 0, 1);
    private static final PciAddress THIRD = new PciAddress(0x10000, 4, 0, 0);

    private static PciSettings settings(Map<String, String> properties) {
        return PciSettings.of(properties::get);
    }

    @Test
    void shouldAllowAllByDefault() throws Exception {
        PciSettings settings = settings(Map.of());

        assertThat(settings).isEqualTo(
                new PciSettings(Path.of("/sys"), Path.of("/dev"), Set.of(), Set.of()));
        assertThat(settings.allows(FIRST)).isTrue();
        settings.requireAllowed(FIRST);
    }

    @Test
    void shouldReadListsInAnyStyle() {
        PciSettings settings = settings(Map.of("hotbus.pci.sysfs", " /host/sys ",
                "hotbus.pci.dev", "/host/dev", "hotbus.pci.allow", "0000:03:00.0,03:00.1 ,\n",
                "hotbus.pci.block", " 10000:04:00.0"));

        assertThat(settings).isEqualTo(new PciSettings(Path.of("/host/sys"), Path.of("/host/dev"),
                Set.of(FIRST, SECOND), Set.of(THIRD)));
    }

    @Test
    void shouldRefuseWhatIsBlockedOrNotAllowed() {
        PciSettings settings = settings(
                Map.of(PciSettings.ALLOW, "03:00.0 03:00.1", PciSettings.BLOCK, "03:00.1"));

        assertThat(settings.allows(FIRST)).isTrue();
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> settings.requireAllowed(SECOND))
                .withMessage("0000:03:00.1: is blocked (hotbus.pci.block)");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> settings.requireAllowed(THIRD))
                .withMessage("10000:04:00.0: is not among those allowed (hotbus.pci.allow)");
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Map.of(PciSettings.BLOCK, "03:00.0, eth0")))
                .withMessage("hotbus.pci.block: 'eth0' is not a PCI address (0000:03:00.0)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(Map.of(PciSettings.SYSFS, "sys")))
                .withMessage("hotbus.pci.sysfs=sys: an absolute path is needed");
    }
}
