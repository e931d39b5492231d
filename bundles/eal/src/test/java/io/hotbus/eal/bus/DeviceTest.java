// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.bus;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class DeviceTest {
    private static final class TestDevice extends Device {
        TestDevice(String devargs) throws DeviceException {
            super("test", Devargs.parse(devargs));
        }
    }

    private final Device device;

    DeviceTest() throws DeviceException {
        device = new TestDevice("test0,key=value");
    }

    @Test
    void shouldBeNamedByItsDevargs() {
        assertThat(device.name()).isEqualTo("test0").isEqualTo(device.windows().owner());
        assertThat(device.windows().device()).containsSame(device);
        assertThat(device).hasToString("test0");
        assertThat(device.busName()).isEqualTo("test");
        assertThat(device.state()).isEqualTo(DeviceState.FOUND);
    }

    @Test
    void shouldMoveOnlyFromWhereItStands() {
        assertThat(device.transition(DeviceState.PROBING, DeviceState.PROBED)).isFalse();
        assertThat(device.transition(DeviceState.FOUND, DeviceState.PROBING)).isTrue();
        assertThat(device.transition(DeviceState.FOUND, DeviceState.PROBING)).isFalse();
        assertThat(device.state()).isEqualTo(DeviceState.PROBING);
    }

    @Test
    void shouldNotBecomeProbedOnceRemoved() {
        device.transition(DeviceState.FOUND, DeviceState.PROBING);

        assertThat(device.markRemoved()).isTrue();

        assertThat(device.transition(DeviceState.PROBING, DeviceState.PROBED)).isFalse();
        assertThat(device.state()).isEqualTo(DeviceState.REMOVED);
        assertThat(device.isGone()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(DeviceState.class)
    void shouldBeRemovedFromLivingStatesOnly(DeviceState state) {
        if (state != DeviceState.FOUND) {
            device.transition(DeviceState.FOUND, state);
        }

        assertThat(device.markRemoved()).isEqualTo(!state.isGone());
        assertThat(device.state()).isEqualTo(state.isGone() ? state : DeviceState.REMOVED);
    }

    @Test
    void shouldBeDetachedOnceAndForGood() {
        assertThat(device.markDetached()).isTrue();
        assertThat(device.markDetached()).isFalse();
        assertThat(device.markRemoved()).isFalse();
        assertThat(device.state()).isEqualTo(DeviceState.DETACHED);
    }

    @Test
    void shouldBeRemovedForExactlyOneOfManyDetectors() throws Exception {
        int threads = 4;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService detectors = Executors.newFixedThreadPool(threads);
        try {
            for (int round = 0; round < 500; round++) {
                Device pulled = new TestDevice("test" + round);
                List<Callable<Boolean>> reports = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    reports.add(() -> {
                        start.await();
                        return pulled.markRemoved();
                    });
                }
                int first = 0;
                for (Future<Boolean> report : detectors.invokeAll(reports)) {
                    first += report.get() ? 1 : 0;
                }
                assertThat(first).isOne();
            }
        } finally {
            detectors.shutdownNow();
        }
    }
}
