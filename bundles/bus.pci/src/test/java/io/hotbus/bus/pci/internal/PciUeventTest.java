// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.Uevent;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PciUeventTest {
    private static final String NIC = "/devices/pci0000:00/0000:00:1c.0/0000:03:00.0";
    private static final PciAddress ADDRESS = new PciAddress(0, 3, 0, 0);

    @ParameterizedTest
    @CsvSource({"add, ADDED", "remove, REMOVED", "bind, BOUND", "unbind, UNBOUND"})
    void shouldUnderstandThoseOfFunctions(String action, PciUevent.Kind kind) {
        assertThat(PciUevent.of(new Uevent(action, NIC, "pci", 7,
                Map.of("PCI_SLOT_NAME", "0000:03:00.0"))))
                .contains(new PciUevent(kind, ADDRESS, NIC, 7));
        assertThat(PciUevent.of(new Uevent(action, NIC, "pci", -1, Map.of())))
                .as("without a slot name").contains(new PciUevent(kind, ADDRESS, NIC, -1));
    }

    @ParameterizedTest
    @CsvSource({"add, ''", "remove, ''", "bind, ''", "unbind, ''", "remove, /uio/uio0"})
    void shouldNotBelieveThoseThatSomebodyAskedFor(String action, String below) {
        assertThat(PciUevent.of(new Uevent(action, NIC + below, below.isEmpty() ? "pci" : "uio", 7,
                Map.of("SYNTH_UUID", "0", "PCI_SLOT_NAME", "0000:03:00.0")))).isEmpty();
    }

    /** The kernel gives it no PCI_SLOT_NAME. */
    @Test
    void shouldFindTheFunctionOfAUioDevice() {
        assertThat(PciUevent.of(new Uevent("remove", NIC + "/uio/uio0", "uio", 7, Map.of())))
                .contains(new PciUevent(
                        PciUevent.Kind.UIO_REMOVED, ADDRESS, NIC + "/uio/uio0", 7));
    }

    @Test
    void shouldFindTheFunctionOfAVfioDevice() {
        String vfio = NIC + "/vfio-dev/vfio0";
        assertThat(PciUevent.of(new Uevent("remove", vfio, "vfio-dev", 7, Map.of())))
                .contains(new PciUevent(PciUevent.Kind.VFIO_REMOVED, ADDRESS, vfio, 7));
    }

    @ParameterizedTest
    @CsvSource({"change, /devices/pci0000:00/0000:03:00.0, pci",
            "remove, /devices/pci0000:00/0000:03:00.0/net/eth0, net",
            "add, /devices/pci0000:00/0000:03:00.0/uio/uio0, uio",
            "add, /devices/pci0000:00/0000:03:00.0/vfio-dev/vfio0, vfio-dev",
            "remove, /devices/platform/uio_pdrv/uio/uio0, uio",
            "remove, /devices/pci0000:00, ''", "remove, /devices/pci0000:00/slot, pci"})
    void shouldLeaveOthersAlone(String action, String devpath, String subsystem) {
        assertThat(PciUevent.of(new Uevent(action, devpath, subsystem, 1, Map.of())))
                .isEqualTo(Optional.empty());
    }
}
