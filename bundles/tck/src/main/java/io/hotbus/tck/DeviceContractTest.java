// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import io.hotbus.tck.internal.Footprint;
import io.hotbus.tck.internal.PortRun;
import io.hotbus.tck.internal.Traffic;
import io.hotbus.tck.internal.WindowMemory;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests that a device can be attached to its bus and detached. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Devices.class)
public final class DeviceContractTest extends DeviceContract {
    private static final int CYCLES = 5;
    private static final int THREADS = 4;
    private static final String UNKNOWN_KEY = "hotbus-tck-unknown";

    @Test
    @Contract(of = "Bus.claims", says = "Whether devargs name a device of this bus: with and"
            + " without the bus's name before it.")
    void shouldClaimItsOwnNames() {
        Bus bus = testee.bus();
        assertThat(bus.claims(devargs)).as("whether it claims %s", devargs).isTrue();
        Devargs prefixed = new Devargs(Optional.of(bus.name()), devargs.name(), devargs.args());
        assertThat(bus.claims(prefixed)).as("whether it claims %s", prefixed).isTrue();
    }

    @Test
    @Contract(of = "Bus.attach", says = "When it returns the device is PROBED, and on the bus.")
    void shouldBeProbedAndListedWhenAttachReturns() throws Exception {
        Device device = testee.attach();

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(device.devargs().args()).as("its devargs").isEqualTo(devargs.args());
        assertThat(device.name()).as("its name").isEqualTo(testee.bus().nameOf(devargs));
        assertThat(device.busName()).as("its bus").isEqualTo(testee.bus().name());
        assertThat(testee.bus().devices()).as("devices of its bus").anyMatch(d -> d == device);
    }

    @Test
    @Contract(of = "Bus.attach", says = "A device that is attached already is refused, and stays"
            + " attached.")
    void shouldRefuseToAttachTwice() throws Exception {
        Device device = testee.attach();

        assertThatThrownBy(() -> testee.bus().attach(devargs)).as("a second attach")
                .isInstanceOf(DeviceException.class).hasMessageContaining(testee.name());
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(testee.onBus()).as("the device on the bus").containsSame(device);
    }

    @Test
    @Contract(of = "Bus.attach", says = "Control threads, several at once: one of them attaches"
            + " the device, the others are refused.")
    void shouldAttachOnceHoweverManyTryAtOnce() throws Exception {
        int attached = 0;
        for (Future<Device> attempt : atOnce(() -> testee.bus().attach(devargs))) {
            try {
                attempt.get();
                attached++;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(DeviceException.class);
            }
        }
        assertThat(attached).as("attaches that succeeded").isOne();
    }

    private static List<Future<Device>> atOnce(Callable<Device> call) throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            return threads.invokeAll(Collections.nCopies(THREADS, call));
        } finally {
            threads.shutdown();
        }
    }

    @Test
    @Contract(of = "Bus.attach", says = "Devargs that make no sense are refused with a message"
            + " that names them, and everything is as it was before.")
    void shouldRefuseAnUnknownDevargWithEverythingUndone() throws Exception {
        testee.attach(); // creates what is made only once, before the first footprint
        testee.giveUp();
        Footprint before = Footprint.now();
        Map<String, String> args = new LinkedHashMap<>(devargs.args());
        args.put(UNKNOWN_KEY, "1");
        Devargs wrong = new Devargs(devargs.bus(), devargs.name(), args);

        for (int i = 0; i < CYCLES; i++) {
            assertThatThrownBy(() -> testee.bus().attach(wrong)).as("attach of %s", wrong)
                    .isInstanceOf(DeviceException.class).hasMessageContaining(UNKNOWN_KEY);
            assertThat(testee.isListed()).as("whether it is on the bus").isFalse();
            assertThat(testee.port()).as("its port").isEmpty();
        }
        assertNothingBeyond(before);
        assertThat(testee.attach().state()).isEqualTo(DeviceState.PROBED);
    }

    private void assertNothingBeyond(Footprint before) {
        platform.awaiting().holds(() -> Footprint.now().beyond(before).isEmpty());
        assertThat(Footprint.now().beyond(before)).as("left behind").isEmpty();
    }

    @Test
    @Contract(of = "Bus.expect", says = "The device is attached as soon as it is there and a driver"
            + " for it is. Leaves a device alone that a driver has.")
    void shouldAttachWhatIsExpected() throws Exception {
        testee.bus().expect(devargs);
        Device device = testee.awaitProbed();

        try {
            testee.bus().expect(devargs);
        } catch (DeviceException e) {
            assertThat(e).hasMessageContaining(testee.name());
        }
        platform.settle();
        assertThat(testee.onBus()).as("the device on the bus").containsSame(device);
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
    }

    @Test
    @Contract(of = "Bus.detach", says = "Takes the device off the bus, and ends it. Idempotent.")
    void shouldDetachIdempotently() throws Exception {
        Device device = testee.attach();
        Bus bus = testee.bus();

        bus.detach(device);

        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
        assertThat(testee.isListed()).as("whether it is on the bus").isFalse();
        assertThat(testee.port()).as("its port").isEmpty();
        bus.detach(device);
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    @Contract(of = "Bus.detach", says = "Control threads, several at once.")
    void shouldDetachOnceHoweverManyTryAtOnce() throws Exception {
        Device device = testee.attach();
        for (Future<Device> attempt : atOnce(() -> {
            testee.bus().detach(device);
            return device;
        })) {
            attempt.get();
        }
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    @Contract(of = "Bus.detach", says = "An object that was detached is none of the bus's business"
            + " any more: the device that was attached since stays.")
    void shouldNotDetachTheSuccessorOfADetachedDevice() throws Exception {
        Device first = testee.attach();
        testee.detach();
        Device second = testee.attach();

        testee.bus().detach(first);

        assertThat(second).as("the second device").isNotSameAs(first);
        assertThat(second.state()).isEqualTo(DeviceState.PROBED);
        assertThat(first.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    @Contract(of = "Bus.detach", says = "Its windows are withdrawn and unmapped.")
    void shouldUnmapEveryWindowOnDetach() throws Exception {
        Device device = testee.attach();
        assertThat(testee.windows()).as("windows on the device's memory")
                .allMatch(WindowMemory::isDevice);

        testee.giveUp();

        assertThat(device.windows().list()).as("windows after detach").isEmpty();
        testee.awaitUnmapped();
    }

    @Test
    @Contract(of = "Bus.rescan", says = "Compares what it believes with what is there: nothing"
            + " becomes of a device that is there.")
    void shouldLeaveTheDeviceAloneAtARescan() throws Exception {
        Device device = testee.attach();

        testee.bus().rescan();

        platform.settle();
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(testee.onBus()).containsSame(device);
    }

    @Test
    @Contract(of = "Bus.detach", says = "Nothing of the device is left behind: no thread, open"
            + " file or mapping.")
    void shouldLeaveNothingBehind() throws Exception {
        cycle();
        Footprint before = Footprint.now();
        for (int i = 0; i < CYCLES; i++) {
            cycle();
        }
        assertNothingBeyond(before);
    }

    private void cycle() throws Exception {
        testee.attach();
        if (testee.port().isPresent()) {
            try (PortRun run = PortRun.started(platform, testee.requirePort());
                    Traffic traffic = run.traffic()) {
                traffic.awaitRounds(10).release(run.port());
                testee.giveUp();
            }
        } else {
            testee.giveUp();
        }
    }
}
