// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.tck.internal.Configured;
import io.hotbus.tck.internal.DeviceContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Tests a device that its bus would claim but that is not present: an empty address. */
@ParameterizedClass(name = "{0}", allowZeroInvocations = true)
@ArgumentsSource(Configured.Absent.class)
public final class AbsentDeviceContractTest extends DeviceContract {
    @Test
    @Contract(of = "Bus.claims", says = "Whether devargs name a device of this bus, present or"
            + " not.")
    void shouldClaimItNevertheless() {
        assertThat(testee.bus().claims(devargs)).isTrue();
    }

    @Test
    @Contract(of = "Bus.attach", says = "A device that is not there, or has no driver, is refused"
            + " with a message that names it, and everything is as it was before.")
    void shouldRefuseToAttachIt() {
        assertThatThrownBy(testee::attach).as("attach of %s", devargs)
                .isInstanceOf(DeviceException.class).hasMessageContaining(testee.name());
        assertThat(testee.isListed()).as("whether it is on the bus").isFalse();
        assertThat(testee.port()).as("its port").isEmpty();
    }
}
