// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeasesTest {
    private final List<String> steps = new ArrayList<>();
    private final Leases leases = new Leases(() -> steps.add("on"), () -> steps.add("off"));

    @Test
    void shouldBeOnFromTheFirstLeaseToTheLast() throws DeviceException {
        Lease first = leases.open();
        Lease second = leases.open();
        first.close();
        assertThat(leases.anyOpen()).isTrue();
        assertThat(steps).containsExactly("on");

        second.close();

        assertThat(leases.anyOpen()).isFalse();
        assertThat(steps).containsExactly("on", "off");
    }

    @Test
    void shouldTakeNoHarmFromClosingTwice() throws DeviceException {
        Lease first = leases.open();
        Lease second = leases.open();
        first.close();
        first.close();
        assertThat(leases.anyOpen()).isTrue();

        second.close();
        second.close();

        assertThat(steps).containsExactly("on", "off");
    }

    @Test
    void shouldStayOffWhereItCannotBeTurnedOn() {
        Leases broken = new Leases(() -> {
            throw new DeviceException("broken");
        }, () -> steps.add("off"));

        assertThatThrownBy(broken::open).isInstanceOf(DeviceException.class);

        assertThat(broken.anyOpen()).isFalse();
        broken.closeAll();
        assertThat(steps).isEmpty();
    }

    @Test
    void shouldIgnoreALeaseThatOutlivedClosingThemAll() throws DeviceException {
        Lease old = leases.open();
        leases.closeAll();
        Lease next = leases.open();

        old.close();

        assertThat(leases.anyOpen()).isTrue();
        next.close();
        assertThat(steps).containsExactly("on", "off", "on", "off");
    }
}
