// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.tck.internal.ContractExtension;
import io.hotbus.tck.internal.Platform;
import io.hotbus.tck.internal.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Checks that there is something to test. Framework properties configure a run:
 *
 * <pre>
 * -runproperties: \
 *     hotbus.tck.devices="acme0 acme1,queues=4",\
 *     hotbus.tck.absent=acme99
 *
 * hotbus.tck.devices    devargs of the devices to test, separated by blanks
 * hotbus.tck.absent     devargs of devices that the bus would claim but that are not present
 * hotbus.tck.buses      names of further buses to test without a device
 * hotbus.tck.removals   the ways in which devices are removed (reported fault slot)
 * hotbus.tck.deadline   the time limit of each step in milliseconds (10000)
 * </pre>
 */
@ExtendWith(ContractExtension.class)
public final class SetupTest {
    @Test
    void shouldBeToldWhatToTest(Settings settings) {
        assertThat(settings.devices().isEmpty() && settings.buses().isEmpty())
                .as("nothing to test: set the framework property %s to the devargs of your"
                        + " devices, separated by blanks, as in -runproperties:"
                        + " %s=\"acme0 acme1,queues=4\"; or %s to the name of your bus",
                        Settings.DEVICES, Settings.DEVICES, Settings.BUSES)
                .isFalse();
    }

    @Test
    void shouldFindTheBusOfEachDevice(Settings settings, Platform platform) {
        for (Devargs device : settings.devices()) {
            assertThat(platform.busOf(device)).isNotNull();
        }
        for (String bus : settings.buses()) {
            assertThat(platform.bus(bus)).isNotNull();
        }
    }
}
