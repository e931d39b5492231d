// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.history.Fault;
import io.hotbus.history.Removal;
import io.hotbus.history.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JournalTest {
    private static final String BUS = "vdev";
    private static final String NAME = "net_sim0";

    private final Ledger ledger = new Ledger(10_000);
    private final List<Removal> kept = new ArrayList<>();
    private final Journal journal = new Journal(ledger, new Journal.Output() {
        @Override
        public void changed(Removal removal, boolean keep) {
            ledger.put(removal);
            if (keep) {
                kept.add(removal);
            }
        }

        @Override
        public void added(Fault fault) {
            ledger.put(fault);
        }
    });
    private final long start = System.nanoTime() - 1_000_000_000;

    static Device device(String name) {
        return new Device(BUS, new Devargs(Optional.empty(), name, Map.of())) { };
    }

    private void remove(RemovalCause cause, long at) {
        journal.take(DeviceEvent.removed(device(NAME), cause, start + at));
    }

    private void step(DeviceStep.Kind kind, long begin, long end, String... failure) {
        journal.take(new DeviceStep(kind, BUS, NAME, "control", start + begin, start + end,
                Optional.of(failure).filter(f -> f.length > 0).map(f -> f[0])));
    }

    private Removal last() {
        return ledger.removals(Long.MAX_VALUE, 1).get(0);
    }

    @Test
    void shouldFollowARemovalFromTheFaultUntilItForwardsAgain() {
        step(DeviceStep.Kind.PORT_START, -9000, -8000);
        journal.take(DeviceEvent.fault(device(NAME),
                new SigbusFault(4096, "net_sim0 BAR0", 7, start, 8000, 1)));
        step(DeviceStep.Kind.REPAIR, 0, 8000);
        step(DeviceStep.Kind.HOT_UNPLUG, 20_000, 30_000);
        remove(RemovalCause.SIGBUS, 15_000);
        step(DeviceStep.Kind.FORWARD_STOP, 40_000, 50_000);
        step(DeviceStep.Kind.DETACH, 60_000, 90_000);
        assertThat(last().detachedNanos()).contains(90_000L);
        step(DeviceStep.Kind.ATTACH, 100_000, 110_000, "net_sim0: not there");
        step(DeviceStep.Kind.PROBE, 205_000, 210_000);
        step(DeviceStep.Kind.ATTACH, 200_000, 211_000);
        step(DeviceStep.Kind.FORWARD_START, 220_000, 230_000);
        step(DeviceStep.Kind.FORWARD_STOP, 240_000, 250_000); // by the operator

        final Removal removal = last();
        assertThat(removal.number()).isEqualTo(1);
        assertThat(removal.cause()).isEqualTo(RemovalCause.SIGBUS);
        assertThat(removal.returnedNanos()).contains(210_000L);
        assertThat(removal.steps()).extracting(Step::kind).containsExactly(
                DeviceStep.Kind.REPAIR, DeviceStep.Kind.HOT_UNPLUG, DeviceStep.Kind.FORWARD_STOP,
                DeviceStep.Kind.DETACH, DeviceStep.Kind.ATTACH, DeviceStep.Kind.PROBE,
                DeviceStep.Kind.ATTACH, DeviceStep.Kind.FORWARD_START);
        assertThat(removal.steps().get(0).beginNanos()).isZero();
        assertThat(removal.steps().get(4).failure()).contains("net_sim0: not there");
        // at its begin, detached, back, forwarding
        assertThat(kept).hasSize(4);
        assertThat(kept.get(3)).isEqualTo(removal);
        assertThat(ledger.faults(Long.MAX_VALUE, 9)).singleElement()
                .satisfies(fault -> assertThat(fault.repairNanos()).isEqualTo(8000));
    }

    @Test
    void shouldCountFromTheReportWhereThatWasFirst() {
        step(DeviceStep.Kind.REPAIR, -5000, -4000); // of a transient fault
        remove(RemovalCause.UEVENT_REMOVE, 1000);
        step(DeviceStep.Kind.PORT_STOP, 500, 3000); // was under way
        assertThat(last().steps()).singleElement().satisfies(step -> {
            assertThat(step.beginNanos()).isEqualTo(-500);
            assertThat(step.nanos()).isEqualTo(2500);
        });
    }

    @Test
    void shouldNoteWhatHappensToOthersOnlyWhileADeviceIsGone() {
        final DeviceStep swap = new DeviceStep(DeviceStep.Kind.BUNDLE_STOP, "", "io.hotbus.x",
                "deploy", start + 2000, start + 3000, Optional.empty());
        journal.take(swap);
        remove(RemovalCause.RESCAN, 1000);
        journal.take(swap);
        step(DeviceStep.Kind.DETACH, 4000, 5000);
        journal.take(swap);
        assertThat(last().steps()).extracting(Step::kind)
                .containsExactly(DeviceStep.Kind.BUNDLE_STOP, DeviceStep.Kind.DETACH);
    }

    @Test
    void shouldNotGrowWithADeviceThatCannotReturn() {
        remove(RemovalCause.RESCAN, 0);
        step(DeviceStep.Kind.DETACH, 1000, 2000);
        for (int i = 0; i < 1000; i++) {
            step(DeviceStep.Kind.ATTACH, 3000, 4000, "not there");
        }
        assertThat(last().steps()).hasSize(OpenRemoval.MAX_STEPS);
        assertThat(kept).hasSize(2);
    }

    @Test
    void shouldIgnoreDevicesThatWereNotAttached() {
        journal.take(new DeviceEvent(DeviceEvent.Kind.REMOVE, BUS, NAME, Optional.empty(),
                Optional.of(RemovalCause.RESCAN), Optional.empty(), start));
        assertThat(ledger.removals(Long.MAX_VALUE, 9)).isEmpty();
    }
}
