// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.ContractExtension;
import io.hotbus.tck.internal.Faults;
import io.hotbus.tck.internal.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests a bus while the devices of the tests are not attached. */
@ExtendWith(ContractExtension.class)
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Buses.class)
public final class BusContractTest {
    private static final String NOBODY = "hotbus-tck";

    @Parameter(0)
    private String name;
    private Platform platform;
    private Bus bus;
    private List<? extends Device> before;

    /** A device that belongs to no bus. */
    private static final class ForeignDevice extends Device {
        ForeignDevice(Devargs devargs) {
            super(NOBODY, devargs);
        }
    }

    @BeforeEach
    void open(Platform ours) throws DeviceException {
        platform = ours;
        platform.open();
        bus = platform.bus(name);
        before = bus.devices();
    }

    @AfterEach
    void close() {
        platform.close();
    }

    @Test
    @Contract(of = "Bus.name", says = "Registered as a service with the property hotbus.bus, which"
            + " is its name.")
    void shouldBeRegisteredUnderItsName() {
        assertThat(bus.name()).isEqualTo(name);
    }

    @Test
    @Contract(of = "Bus.claims", says = "Whether devargs name a device of this bus: not those of"
            + " another bus, and not those that no bus knows.")
    void shouldNotClaimTheNamesOfOthers() {
        assertThat(bus.claims(devargs(Optional.of("nobody"), NOBODY + "0")))
                .as("whether it claims a device of another bus").isFalse();
        assertThat(bus.claims(devargs(Optional.empty(), NOBODY)))
                .as("whether it claims '%s'", NOBODY).isFalse();
    }

    private static Devargs devargs(Optional<String> bus, String device) {
        return new Devargs(bus, device, Map.of());
    }

    @Test
    @Contract(of = "Bus.attach", says = "A device that is not there, or has no driver, is refused"
            + " with a message that names it, and everything is as it was before.")
    void shouldRefuseADeviceThatIsNotThere() {
        Devargs nobody = devargs(Optional.of(name), NOBODY + "0");

        assertThatThrownBy(() -> platform.devices().attach(nobody)).as("attach of %s", nobody)
                .isInstanceOf(DeviceException.class).hasMessageContaining(nobody.name());
        assertUnchanged();
    }

    private void assertUnchanged() {
        assertThat(bus.devices().size()).as("devices on the bus").isEqualTo(before.size());
        assertThat(bus.devices()).as("devices on the bus")
                .allMatch(device -> before.stream().anyMatch(b -> b == device));
    }

    @Test
    @Contract(of = "SigbusHandler", says = "Says NOT_CLAIMED of an address that is not of a device"
            + " of its own.")
    void shouldNotClaimForeignFaults() {
        for (SigbusHandler handler : platform.besideBus(name, SigbusHandler.class)) {
            for (long address : Faults.FOREIGN) {
                assertThat(handler.handleSigbus(Faults.at(address))).as("%#x", address)
                        .isEqualTo(SigbusVerdict.NOT_CLAIMED);
            }
        }
    }

    @Test
    @Contract(of = "Bus.detach", says = "Refuses, or leaves alone, what is not a device of its"
            + " own.")
    void shouldLeaveDevicesOfOthersAlone() {
        Device foreign = new ForeignDevice(devargs(Optional.empty(), NOBODY + "0"));
        try {
            bus.detach(foreign);
        } catch (DeviceException e) {
            assertThat(e).hasMessageContaining(foreign.name());
        }
        assertThat(foreign.state()).isEqualTo(DeviceState.FOUND);
        assertUnchanged();
    }

    @Test
    @Contract(of = "Bus.handleUevent", says = "Every bus sees each: one of which it knows nothing"
            + " is nothing to it.")
    void shouldTakeUeventsOfStrangers() {
        for (String action : List.of("add", "remove", "bind", "unbind", "change", NOBODY)) {
            bus.handleUevent(new Uevent(action, "/devices/virtual/" + NOBODY, NOBODY, -1,
                    Map.of("ACTION", action)));
            bus.handleUevent(new Uevent(action, "/devices/virtual/" + NOBODY, "", -1, Map.of()));
        }
        assertUnchanged();
    }

    @Test
    @Contract(of = "Bus.rescan", says = "Compares what it believes with what is there: where"
            + " nothing has changed, nothing does.")
    void shouldFindTheSameAtARescan() throws Exception {
        bus.rescan();
        bus.rescan();
        assertUnchanged();
    }
}
