// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.TestBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BusDeviceManagerTest {
    private final Buses buses = new Buses(new CoreSettings());
    private final DeviceLists lists = new DeviceLists(buses);
    private final ExpectedDevices expected =
            new ExpectedDevices(buses, lists, (owner, task) -> task.run());
    private final BusDeviceManager manager = new BusDeviceManager(buses, lists, expected);
    private final TestBus vdev = new TestBus("net", 1);
    private final TestBus pci = new TestBus("pci", 2);

    private void install(TestBus... installed) {
        for (TestBus bus : installed) {
            buses.add(bus, bus.properties());
        }
    }

    private Device attach(String devargs) throws DeviceException {
        return manager.attach(Devargs.parse(devargs));
    }

    @Test
    void shouldAttachThroughTheBusThatClaims() throws DeviceException {
        install(vdev, pci);

        Device device = attach("pci0,x=1");

        assertThat(pci.devices).containsExactly(device);
        assertThat(vdev.devices).isEmpty();
        assertThat(manager.find("pci0")).contains(device);
        assertThat(manager.find("pci1")).isEmpty();
        assertThat(manager.devices()).isEqualTo(List.of(device));
    }

    @Test
    void shouldAskOnlyTheBusThatIsNamed() throws DeviceException {
        TestBus alsoPci = new TestBus("pci", 2) {
            @Override
            public String name() {
                return "other";
            }
        };
        install(pci, alsoPci);

        attach("other:pci0");

        assertThat(alsoPci.devices).hasSize(1);
        assertThat(pci.devices).isEmpty();
    }

    @Test
    void shouldSayThatNoBusClaimsAndWhichThereAre() {
        assertThatThrownBy(() -> attach("foo0")).isInstanceOf(DeviceException.class)
                .hasMessage("no bus claims 'foo0' (no bus is installed)");
        install(vdev, pci);
        assertThatThrownBy(() -> attach("foo0"))
                .hasMessage("no bus claims 'foo0' (buses: net, pci)");
        assertThatThrownBy(() -> attach("usb:foo0"))
                .hasMessage("foo0: there is no bus 'usb' (buses: net, pci)");
        assertThatThrownBy(() -> attach("pci:foo0"))
                .hasMessage("foo0: bus 'pci' does not claim it (is its driver installed?)");
    }

    @Test
    void shouldDetachThroughTheBusOfTheDevice() throws DeviceException {
        install(vdev, pci);
        Device device = attach("net_x0");

        manager.detach(device);

        assertThat(vdev.detached).containsExactly(device);
        assertThat(pci.detached).isEmpty();
    }

    @Test
    void shouldDetachThroughTheOldBusWhileItIsReplaced() throws DeviceException {
        TestBus next = new TestBus("net", 3);
        install(vdev);
        Device device = attach("net_x0");
        buses.remove(vdev, vdev.properties());
        install(next, vdev);
        assertThat(manager.buses()).containsExactly(vdev, next);

        manager.detach(device);

        assertThat(vdev.detached).containsExactly(device);
        assertThat(next.detached).isEmpty();
    }

    @Test
    void shouldNotAttachOnANewBusWhatAnOldOneOfItsNameHas() throws DeviceException {
        TestBus next = new TestBus("net", 0);
        install(vdev);
        attach("net_x0");
        install(next);

        assertThatThrownBy(() -> attach("net_x0")).isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("net_x0: is attached already, on another bus 'net' (");
        assertThat(attach("net_x1")).isSameAs(next.devices.get(0));
    }

    @Test
    void shouldHaveADeviceExpectedByItsBusNowOrWhenThatIsThere() throws DeviceException {
        install(vdev);
        manager.expect("net", Devargs.parse("net0,x=1"));
        assertThat(vdev.expected).containsExactly(Devargs.parse("net0,x=1"));

        manager.expect("pci", Devargs.parse("pci0"));
        install(pci);
        expected.busAdded(pci);
        assertThat(pci.expected).containsExactly(Devargs.parse("pci0"));
        assertThat(vdev.expected).hasSize(1);
    }

    @Test
    void shouldDetachADeviceTwiceAndWhereItsBusHasGone() throws DeviceException {
        install(vdev);
        Device device = attach("net_x0");
        device.markDetached();
        buses.remove(vdev, vdev.properties());

        manager.detach(device);

        assertThat(vdev.detached).isEmpty();
    }

    @Test
    void shouldSayWhereTheBusOfADeviceIsNotThere() throws DeviceException {
        install(vdev);
        Device device = attach("net_x0");
        buses.remove(vdev, vdev.properties());

        assertThatThrownBy(() -> manager.detach(device)).isInstanceOf(DeviceException.class)
                .hasMessage("net_x0: cannot be detached, as its bus 'net' is not there now "
                        + "(install or start it)");
    }

    @Test
    void shouldListTheDevicesOfTheOthersWhereABusThrows() throws DeviceException {
        TestBus broken = new TestBus("broken", 0) {
            @Override
            public List<Device> devices() {
                throw new IllegalStateException("broken");
            }
        };
        install(broken, vdev);

        Device device = attach("net_x0");

        assertThat(manager.devices()).isEqualTo(List.of(device));
    }
}
