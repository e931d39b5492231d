// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.testing.TestBus;
import io.hotbus.core.testing.Waiting;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** An adopter wants a device, as one that keeps sub-devices does. */
class AdoptionsTest {
    private static final Devargs DEVARGS = devargs("net0,size=64");

    private final Queue<Runnable> control = new ConcurrentLinkedQueue<>();
    private final Buses buses = new Buses(new CoreSettings());
    private final ExpectedDevices expected = new ExpectedDevices(
            buses, new DeviceLists(buses), (owner, task) -> control.add(task));
    private final BusDeviceManager manager =
            new BusDeviceManager(buses, new DeviceLists(buses), expected);
    /** Takes {@code 00:net0} for {@code net0}, as the pci bus takes short addresses. */
    private final TestBus bus = new TestBus("net", 1) {
        @Override
        public boolean claims(Devargs devargs) {
            return super.claims(devargs) || devargs.name().startsWith("00:");
        }

        @Override
        public String nameOf(Devargs devargs) {
            return devargs.name().replace("00:", "");
        }
    };
    private final List<Device> adopted = new ArrayList<>();
    private final List<String> gaveUp = new ArrayList<>();
    private volatile boolean ready = true;
    private final DeviceAdopter adopter = new DeviceAdopter() {
        @Override
        public void adopt(Devargs devargs) throws DeviceException {
            Device device = manager.attach(devargs);
            device.transition(DeviceState.FOUND, DeviceState.PROBED);
            adopted.add(device);
        }

        @Override
        public void gaveUp(Devargs devargs, int attempts, DeviceException reason) {
            gaveUp.add(attempts + " " + reason.getMessage());
        }

        @Override
        public boolean ready() {
            return ready;
        }
    };

    private static Devargs devargs(String text) {
        try {
            return Devargs.parse(text);
        } catch (DeviceException e) {
            throw new AssertionError(e);
        }
    }

    private void install() {
        buses.add(bus, bus.properties());
        expected.busAdded(bus);
        runControl();
    }

    private void runControl() {
        for (Runnable task = control.poll(); task != null; task = control.poll()) {
            task.run();
        }
    }

    private void tell(DeviceEvent event) {
        expected.onDeviceEvent(event);
        runControl();
    }

    private void plugIn() {
        tell(DeviceEvent.of(DeviceEvent.Kind.ADD, "net", "net0"));
    }

    private void pullOut(Device device) throws DeviceException {
        device.markRemoved();
        tell(DeviceEvent.removed(device, RemovalCause.UEVENT_REMOVE, System.nanoTime()));
        manager.detach(device);
        runControl();
    }

    @Test
    void shouldAdoptADeviceThatWasNeverThereWhenItAppears() {
        install();
        manager.expect(DEVARGS, adopter);
        runControl();
        assertThat(adopted).isEmpty();
        tell(DeviceEvent.of(DeviceEvent.Kind.ADD, "net", "net1"));
        assertThat(adopted).isEmpty();

        plugIn();

        assertThat(adopted).singleElement()
                .satisfies(device -> assertThat(device.devargs()).isEqualTo(DEVARGS));
        assertThat(bus.expected).as("told to the bus").isEmpty();
    }

    @Test
    void shouldAdoptByAnyNameThatTheBusTakes() {
        install();
        manager.expect(devargs("00:net0,size=64"), adopter);

        plugIn();

        assertThat(adopted).hasSize(1);
    }

    @Test
    void shouldAdoptAgainEachTimeUntilItIsClosed() throws Exception {
        install();
        ExpectedDevice wanted = manager.expect(DEVARGS, adopter);
        for (int stay = 1; stay <= 3; stay++) {
            plugIn();
            assertThat(adopted).hasSize(stay);
            pullOut(adopted.get(stay - 1));
        }
        wanted.close();
        wanted.close();

        plugIn();

        assertThat(adopted).hasSize(3);
    }

    @Test
    void shouldNotAdoptWhatIsAttachedNorWhatSomeoneDetached() throws Exception {
        install();
        manager.expect(DEVARGS, adopter);
        Device byHand = manager.attach(DEVARGS);
        byHand.transition(DeviceState.FOUND, DeviceState.PROBED);
        runControl();
        plugIn();
        manager.detach(byHand);
        plugIn();

        assertThat(adopted).isEmpty();
    }

    @Test
    void shouldAdoptWhenTheRemovedDeviceIsDetachedAfterItsReturnWasTold() throws Exception {
        install();
        manager.expect(DEVARGS, adopter);
        plugIn();
        Device first = adopted.get(0);
        first.markRemoved();
        plugIn();
        assertThat(adopted).hasSize(1);

        pullOut(first);

        assertThat(adopted).hasSize(2);
    }

    @Test
    void shouldAdoptWhatWasPulledOutAfterItsBusAttachedItByItself() throws Exception {
        install();
        manager.expect(DEVARGS, adopter);
        plugIn();
        manager.detach(adopted.get(0));
        Device byItsBus = bus.attach(DEVARGS);
        byItsBus.transition(DeviceState.FOUND, DeviceState.PROBED);
        byItsBus.markRemoved();
        manager.detach(byItsBus);
        tell(DeviceEvent.removed(byItsBus, RemovalCause.SIGBUS, System.nanoTime()));

        plugIn();

        assertThat(adopted).hasSize(2);
    }

    @Test
    void shouldAdoptWhatItsBusHadDetachedBeforeTheRemovalWasTold() throws Exception {
        install();
        manager.expect(DEVARGS, adopter);
        plugIn();
        manager.detach(adopted.get(0));
        Device byItsBus = bus.attach(DEVARGS);
        byItsBus.transition(DeviceState.FOUND, DeviceState.PROBED);
        byItsBus.markRemoved();
        bus.detach(byItsBus);
        tell(DeviceEvent.removed(byItsBus, RemovalCause.SIGBUS, System.nanoTime()));

        plugIn();

        assertThat(adopted).hasSize(2);
    }

    @Test
    void shouldHaveABusThatComesLaterExpectIt() {
        manager.expect(DEVARGS, adopter);
        runControl();

        install();

        assertThat(bus.expected).containsExactly(DEVARGS);
    }

    @Test
    void shouldWaitUntilTheAdopterIsReady() {
        install();
        ready = false;
        ExpectedDevice wanted = manager.expect(DEVARGS, adopter);
        plugIn();
        assertThat(adopted).isEmpty();

        ready = true;
        wanted.check();
        runControl();

        assertThat(adopted).hasSize(1);
    }

    @Test
    void shouldGiveUpWithTheReasonAndBeginAnewWhenItReturns() {
        install();
        ExpectedDevice wanted = manager.expect(DEVARGS, adopter);
        bus.absent = "net0: not there yet";
        plugIn();
        Waiting.until("given up", () -> {
            runControl();
            return !gaveUp.isEmpty();
        });
        assertThat(gaveUp).containsExactly("5 net0: not there yet");
        assertThat(wanted.failure()).isEqualTo(Optional.of("net0: not there yet"));
        bus.absent = null;

        plugIn();

        assertThat(adopted).hasSize(1);
        assertThat(wanted.failure()).isEmpty();
    }
}
