// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.TestBus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A bus goes, and one of its name comes. */
class ExpectedDevicesTest {
    private final Queue<Runnable> control = new ArrayDeque<>();
    private final Buses buses = new Buses(new CoreSettings());
    private final DeviceLists lists = new DeviceLists(buses);
    private final ExpectedDevices list =
            new ExpectedDevices(buses, lists, (owner, task) -> control.add(task));
    private final BusDeviceManager manager = new BusDeviceManager(buses, lists, list);
    private final TestBus before = installed(new TestBus("net", 1));
    private final TestBus other = installed(new TestBus("pci", 2));
    private final TestBus next = new TestBus("net", 3);

    private TestBus installed(TestBus bus) {
        buses.add(bus, bus.properties());
        list.busAdded(bus);
        return bus;
    }

    private void uninstall(TestBus bus) {
        buses.remove(bus, bus.properties());
        list.busRemoved(bus);
    }

    private void runControl() {
        for (Runnable task = control.poll(); task != null; task = control.poll()) {
            task.run();
        }
    }

    private Device attach(String devargs) throws DeviceException {
        return manager.attach(Devargs.parse(devargs));
    }

    private void plugIn(String device) {
        list.onDeviceEvent(DeviceEvent.of(DeviceEvent.Kind.ADD, "net", device));
    }

    @Test
    void shouldDetachWhatIsOnABusThatGoesAndHaveTheNextExpectIt() throws Exception {
        Device first = attach("net0,size=64");
        Device second = attach("net1");
        attach("pci0");
        uninstall(before);
        assertThat(before.detached).containsExactly(second, first);

        installed(next);
        runControl();

        assertThat(next.expected).containsExactly(
                Devargs.parse("net0,size=64"), Devargs.parse("net1"));
        assertThat(other.expected).isEmpty();
    }

    @Test
    void shouldHaveThemExpectedOnce() throws Exception {
        attach("net0");
        uninstall(before);
        installed(next);
        runControl();
        next.devices.get(0).transition(DeviceState.FOUND, DeviceState.PROBED);
        plugIn("net0");
        TestBus third = installed(new TestBus("net", 4));
        runControl();

        assertThat(next.expected).hasSize(1);
        assertThat(third.expected).isEmpty();
    }

    @Test
    void shouldForgetWhatWasDetachedPulledOutOrAttachedByHand() throws Exception {
        manager.detach(attach("net0"));
        attach("net1").markRemoved();
        attach("net2");
        uninstall(before);
        installed(next);
        Device byHand = attach("net2,size=64");
        runControl();

        assertThat(next.expected).isEmpty();
        assertThat(next.devices).containsExactly(byHand);
    }

    @Test
    void shouldHandOverToTheOtherBusOfItsName() throws Exception {
        attach("net0");
        installed(next);
        runControl();
        assertThat(next.expected).isEmpty();
        uninstall(before);
        runControl();

        assertThat(next.expected).containsExactly(Devargs.parse("net0"));
    }

    @Test
    void shouldKeepThemWhenTheNextBusGoesBeforeItWasTold() throws Exception {
        attach("net0");
        uninstall(before);
        installed(next);
        uninstall(next);
        TestBus third = installed(new TestBus("net", 4));
        runControl();

        assertThat(next.expected).isEmpty();
        assertThat(third.expected).containsExactly(Devargs.parse("net0"));
    }

    @Test
    void shouldTellTheBusOfADeviceThatWasNotThereWhenItIs() throws Exception {
        attach("net0");
        uninstall(before);
        next.absent = "net0: not there";
        installed(next);
        runControl();
        assertThat(next.devices).isEmpty();
        next.absent = null;
        plugIn("net1");
        assertThat(next.devices).isEmpty();
        plugIn("net0");

        assertThat(next.devices).extracting(Device::devargs)
                .containsExactly(Devargs.parse("net0"));
    }

    @Test
    void shouldNotHaveExpectedWhatIsBlockedByNow() throws Exception {
        attach("net0");
        attach("net1");
        uninstall(before);
        lists.modified(Map.of("block", "net0"));
        installed(next);
        runControl();

        assertThat(next.expected).containsExactly(Devargs.parse("net1"));
    }

    @Test
    void shouldTellTheBusOfADeviceThatWentWhileItWaited() throws Exception {
        Device waiting = attach("net0,x=1");
        Device driven = attach("net1");
        driven.transition(DeviceState.FOUND, DeviceState.PROBED);
        plugIn("net0");
        plugIn("net1");
        waiting.markRemoved();
        plugIn("net0");

        assertThat(before.expected).containsExactly(
                Devargs.parse("net0,x=1"), Devargs.parse("net0,x=1"));
    }

    @Test
    void shouldGoOnPastABusThatFails() throws Exception {
        TestBus broken = new TestBus("net", 5) {
            @Override
            public void expect(Devargs devargs) {
                throw new NoClassDefFoundError("bundle is going away");
            }

            @Override
            public void detach(Device device) throws DeviceException {
                throw new DeviceException("net1: its driver cannot let go");
            }
        };
        attach("net0");
        uninstall(before);
        installed(broken);
        runControl();
        attach("net1");
        attach("net2");
        uninstall(broken);
        installed(next);
        runControl();

        assertThat(next.expected).containsExactly(Devargs.parse("net1"), Devargs.parse("net2"));
    }
}
