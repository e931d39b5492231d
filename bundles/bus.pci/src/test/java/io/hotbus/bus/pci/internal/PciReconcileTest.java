// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.Uevent;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Notices are held against the world, and a device that is there does not stay detached. */
@Timeout(300)
final class PciReconcileTest {
    private static final String NIC = "0000:03:00.0";
    /** Is told of at each look that might have told of the other. */
    private static final String OTHER = "0000:04:00.0";

    @TempDir
    Path temp;
    private Machine machine;

    @BeforeEach
    void open() throws Exception {
        machine = new Machine(temp, Set.of(), sysfs -> { }, 100);
        machine.plugIgbUio(NIC);
        machine.plugIgbUio(OTHER);
    }

    @AfterEach
    void close() throws Exception {
        machine.close();
    }

    private static Uevent askedFor(Uevent uevent) {
        Map<String, String> keys = new HashMap<>(uevent.keys());
        keys.put("SYNTH_UUID", "0");
        return new Uevent(uevent.action(), uevent.devpath(), uevent.subsystem(),
                uevent.sequence(), keys);
    }

    /** Taken for removed, and detached, while it is there. */
    private void lose(String address) throws Exception {
        LivePciDevice device = machine.attach(address);
        machine.platform.hotUnplug().report(device, RemovalCause.ALL_ONES);
        machine.bus.detach(device);
    }

    /** The devices that were told of as ADD before the next ADD of {@code address}. */
    private List<String> addedUntil(String address) throws InterruptedException {
        List<String> others = new ArrayList<>();
        String name = machine.platform.await(DeviceEvent.Kind.ADD).name();
        while (!name.equals(address)) {
            others.add(name);
            name = machine.platform.await(DeviceEvent.Kind.ADD).name();
        }
        return others;
    }

    @Test
    void shouldKeepADeviceWhoseRemovalWasMadeUp() throws Exception {
        LivePciDevice device = machine.attach(NIC);
        for (String action : List.of("remove", "unbind", "add", "bind")) {
            machine.bus.handleUevent(askedFor(machine.pciUevent(action, NIC)));
        }
        machine.bus.handleUevent(askedFor(machine.uioUevent("remove", NIC)));

        assertThat(device.state()).isEqualTo(DeviceState.PROBED);
        assertThat(machine.platform.eventsUntilNow()).isEmpty();
    }

    @Test
    void shouldKeepADeviceThatIsThereWhateverIsSaid() throws Exception {
        LivePciDevice device = machine.attach(NIC);
        machine.bus.handleUevent(machine.pciUevent("remove", NIC));
        assertThat(device.state()).isEqualTo(DeviceState.PROBED);

        machine.sysfs.unplug(NIC);

        DeviceEvent event = machine.platform.await(DeviceEvent.Kind.REMOVE);
        assertThat(event.device()).contains(device);
        assertThat(event.cause()).contains(RemovalCause.RESCAN);
    }

    @Test
    void shouldTellOfADeviceThatIsThereUntilItIsAttached() throws Exception {
        lose(NIC);
        addedUntil(NIC);
        machine.driver.onProbe = device -> {
            throw new DeviceException(device + ": its registers do not answer");
        };
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> machine.attach(NIC));
        addedUntil(NIC);
        machine.driver.onProbe = device -> { };
        machine.attach(NIC);
        machine.platform.eventsUntilNow();

        lose(OTHER);
        assertThat(addedUntil(OTHER)).as("attached").isEmpty();
        assertThat(addedUntil(OTHER)).isEmpty();
    }

    @Test
    void shouldLeaveADeviceAloneWhoseDriverWasTakenAway() throws Exception {
        LivePciDevice device = machine.attach(NIC);
        machine.sysfs.bind(NIC, Optional.empty());
        machine.platform.await(DeviceEvent.Kind.REMOVE);
        machine.bus.detach(device);
        lose(OTHER);

        assertThat(addedUntil(OTHER)).isEmpty();
        assertThat(addedUntil(OTHER)).isEmpty();
        machine.sysfs.bind(NIC, Optional.of("e1000e"));
        assertThat(addedUntil(OTHER)).isEmpty();
        machine.sysfs.bind(NIC, Optional.of("igb_uio"));
        addedUntil(NIC);
    }

    @Test
    void shouldTellOfOneThatIsInItsSlotAgainAndWasNotAttached() throws Exception {
        lose(NIC);
        machine.sysfs.unplug(NIC);
        machine.sysfs.plug(NIC);

        addedUntil(NIC);
    }

    @Test
    void shouldLeaveADeviceAloneThatWasDetachedByHand() throws Exception {
        machine.bus.detach(machine.attach(NIC));
        lose(OTHER);

        assertThat(addedUntil(OTHER)).isEmpty();
        assertThat(addedUntil(OTHER)).isEmpty();
    }

    @Test
    void shouldKeepQuietAboutADeviceThatIsBlockedMeanwhile() throws Exception {
        lose(NIC);
        machine.platform.configureLists(Map.of("block", NIC));
        lose(OTHER);
        machine.platform.eventsUntilNow();

        assertThat(addedUntil(OTHER)).isEmpty();
        assertThat(addedUntil(OTHER)).isEmpty();
    }
}
