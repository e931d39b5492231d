// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.LogLines;
import io.hotbus.core.testing.TestBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.Level;

class DeviceListsTest {
    private final Buses buses = new Buses(new CoreSettings());
    private final DeviceLists lists = new DeviceLists(buses);
    private final BusDeviceManager manager = new BusDeviceManager(
            buses, lists, new ExpectedDevices(buses, lists, (owner, task) -> task.run()));
    private final TestBus vdev = new TestBus("net", 1);
    /** Takes short names, too, as the PCI bus does. */
    private final TestBus pci = new TestBus("pci", 2) {
        @Override
        public boolean claims(Devargs devargs) {
            return devargs.name().endsWith("3:00.0");
        }

        @Override
        public String nameOf(Devargs devargs) {
            return devargs.name().equals("03:00.0") ? "0000:03:00.0" : devargs.name();
        }
    };

    @BeforeEach
    void install() {
        buses.add(vdev, vdev.properties());
        buses.add(pci, pci.properties());
    }

    private String attach(String devargs) throws DeviceException {
        return manager.attach(Devargs.parse(devargs)).devargs().toString();
    }

    private void assertRefused(String devargs, String message) {
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> attach(devargs))
                .withMessage(message);
    }

    @Test
    void shouldAllowAllByDefault() throws DeviceException {
        assertThat(attach("net_x0")).isEqualTo("net_x0");
        assertThat(lists.allows("pci", "0000:03:00.0")).isTrue();
    }

    @Test
    void shouldRefuseWhatIsBlockedHoweverItIsSpelled() throws DeviceException {
        lists.modified(Map.of("block", new String[] {"03:00.0", "net:net_x1"}));

        assertRefused("0000:03:00.0,bind=vfio-pci",
                "0000:03:00.0: is blocked (block of io.hotbus.devices)");
        assertRefused("pci:03:00.0", "0000:03:00.0: is blocked (block of io.hotbus.devices)");
        assertRefused("net_x1", "net_x1: is blocked (block of io.hotbus.devices)");
        assertThat(attach("net_x0")).isEqualTo("net_x0");
        assertThat(lists.allows("other", "net_x1")).isTrue();
        assertThat(pci.devices).isEmpty();
    }

    @Test
    void shouldAttachOnlyWhatIsAllowedWithTheArgumentsOfTheList() throws DeviceException {
        lists.modified(Map.of("allow", "0000:03:00.0,bind=vfio-pci net_x0"));

        assertThat(attach("03:00.0")).isEqualTo("03:00.0,bind=vfio-pci");
        assertThat(attach("pci:03:00.0,bind=igb_uio")).isEqualTo("pci:03:00.0,bind=igb_uio");
        assertThat(attach("net_x0")).isEqualTo("net_x0");
        assertRefused("net_x1",
                "net_x1: is not among those allowed (allow of io.hotbus.devices)");
    }

    @Test
    void shouldTakeAStarForAllOfABus() throws DeviceException {
        lists.modified(Map.of("allow", "net:*", "block", "net_x1"));

        assertThat(attach("net_x0,y=1")).isEqualTo("net_x0,y=1");
        assertRefused("net_x1", "net_x1: is blocked (block of io.hotbus.devices)");
        assertRefused("03:00.0",
                "0000:03:00.0: is not among those allowed (allow of io.hotbus.devices)");
    }

    @Test
    void shouldLeaveWhatIsAttached() throws DeviceException {
        attach("net_x0");

        lists.modified(Map.of("block", "*"));

        assertThat(manager.find("net_x0")).isPresent();
        assertRefused("net_x0", "net_x0: is blocked (block of io.hotbus.devices)");
    }

    @Test
    void shouldKeepItsListsAndSayWhatIsWrong() {
        lists.modified(Map.of("block", "03:00.0"));
        try (LogLines log = new LogLines()) {
            lists.modified(Map.of("allow", "net_x0,net_x1"));
            lists.modified(Map.of("block", "net_x0,y=1"));

            assertThat(log.of(Level.ERROR)).containsExactly(
                    "io.hotbus.devices: allow=net_x0,net_x1: each devarg needs a value, and "
                            + "devices are separated by blanks (both lists stay as they were)",
                    "io.hotbus.devices: block=net_x0,y=1: a name without arguments is needed (both "
                            + "lists stay as they were)");
        }
        assertThat(lists.allows("pci", "0000:03:00.0")).isFalse();
        assertThat(lists.allows("net", "net_x2")).isTrue();
    }

    @Test
    void shouldAllowNothingUntilListsThatWereWrongAtTheStartAreCorrected() throws DeviceException {
        DeviceLists wrong;
        try (LogLines log = new LogLines()) {
            wrong = new DeviceLists(buses, Map.of("block", "[ \"03:00.0\" ]"));
            wrong.modified(Map.of("blok", "03:00.0"));

            assertThat(log.of(Level.ERROR)).containsExactly(
                    "io.hotbus.devices: block=[: devargs '[': '[' is not a device name (e.g. "
                            + "net_null0,size=64); devices are separated by blanks (no device is "
                            + "allowed until that is corrected)",
                    "io.hotbus.devices: blok: there is no such setting (there are: allow, "
                            + "block) (no device is allowed until that is corrected)");
        }
        assertThat(wrong.allows("net", "net_x0")).isFalse();
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> wrong.requireAllowed("net", "net_x0"))
                .withMessage("net_x0: no device is allowed: io.hotbus.devices: blok: there is no "
                        + "such setting (there are: allow, block)");

        wrong.modified(Map.of("block", "03:00.0"));

        wrong.requireAllowed("net", "net_x0");
        assertThat(wrong.allows("pci", "0000:03:00.0")).isFalse();
    }
}
