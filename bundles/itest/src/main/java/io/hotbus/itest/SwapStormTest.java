// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.FaultCounts;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.os.SigbusWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests removals under traffic while the bus and a handler are updated in a loop. */
class SwapStormTest {
    private static final Logger LOG = LoggerFactory.getLogger(SwapStormTest.class);
    private static final int DEVICES = 8;
    private static final int ROUNDS = 8;
    /** The updates of a round: bus, handler, both. */
    private static final int UPDATES_PER_ROUND = 3;
    private static final int REMOVALS_BETWEEN = 2;

    /** An action that a handler of the fixture has reported. */
    private record Entry(String what, Object about) {
    }

    private final BlockingQueue<Entry> journal = new LinkedBlockingQueue<>();
    private Application application;
    private Lease failureHandling;
    private ServiceRegistration<?> script;
    private Bundle handler;
    private SigbusWindows table;
    private SigbusWindows.Totals before;
    private FaultCounts countsBefore;

    @BeforeEach
    void start() throws Exception {
        application = new Application(DEVICES * 1024);
        failureHandling = application.service(FailureHandling.class).enable();
        script = application.script("handler",
                (what, about) -> journal.add(new Entry(what, about)));
        handler = Bundles.startFixture("handler");
        table = application.service(SigbusWindows.class);
        before = table.totals();
        countsBefore = application.service(FailureHandling.class).faults();
    }

    @AfterEach
    void stop() throws Exception {
        handler.uninstall();
        Bundles.refresh(handler);
        script.unregister();
        application.close();
        failureHandling.close();
    }

    @Test
    void shouldAnswerEveryFaultOnceWhileBusAndHandlerAreUpdated() throws Exception {
        long began = System.nanoTime();
        Storm storm;
        try (Forwarding forwarding = new Forwarding(application, 2)) {
            storm = new Storm(application, forwarding);
            storm.begin(DEVICES);
            for (int round = 0; round < ROUNDS; round++) {
                updateUnder(storm, Bundles.named("bus.vdev"));
                updateUnder(storm, handler);
                updateUnder(storm, Bundles.named("bus.vdev"), handler);
            }
            storm.end();
        }
        FaultCounts counts = settled();
        awaitAllEvents();
        List<DeviceEvent> events = new ArrayList<>(application.deviceEvents);
        LOG.info("{} updates, {} removals ({} of them during an update), {} faults: {} claimed, "
                + "{} by the handler of the fixture, {} ended with their window; {} ms",
                ROUNDS * UPDATES_PER_ROUND, storm.removals().size(),
                storm.removals().stream().filter(Storm.Removal::duringUpdate).count(),
                counts.claimed() + counts.released(), counts.claimed(), journal("claimed").size(),
                counts.released(), (System.nanoTime() - began) / 1_000_000);

        assertThat(table.totals().windows()).isEqualTo(before.windows());
        assertThat(application.pool().available()).isEqualTo(application.pool().capacity());
        storm.assertOneRemovalEach(events);
        assertOneAnswerEach(counts, events);
    }

    private void updateUnder(Storm storm, Bundle... bundles) throws Exception {
        storm.awaitRemovals(REMOVALS_BETWEEN);
        storm.update(() -> Bundles.update(bundles));
    }

    /** The outcome of all faults, once none is in progress. */
    private FaultCounts settled() {
        long faults = table.totals().faults() - before.faults();
        Waiting.until(() -> faults + " faults, but of " + counts(), () ->
                counts().waiting() <= 0 && counts().claimed() + counts().released() >= faults);
        Waiting.until("an event does not come", () -> faultEvents() >= counts().claimed());
        assertThat(counts().claimed() + counts().released()).isEqualTo(faults);
        return counts();
    }

    /** Waits until the events that were published before have been told. */
    private void awaitAllEvents() {
        CountDownLatch told = new CountDownLatch(1);
        application.service(ControlThread.class).execute(this, told::countDown);
        Waiting.until("control does nothing", () -> told.getCount() == 0);
    }

    private FaultCounts counts() {
        FaultCounts now = application.service(FailureHandling.class).faults();
        return new FaultCounts(now.claimed() - countsBefore.claimed(),
                now.released() - countsBefore.released(),
                now.waiting() - countsBefore.waiting());
    }

    private long faultEvents() {
        return application.deviceEvents.stream()
                .filter(event -> event.kind() == DeviceEvent.Kind.FAULT).count();
    }

    private void assertOneAnswerEach(FaultCounts counts, List<DeviceEvent> events) {
        List<SigbusFault> announced = events.stream()
                .flatMap(event -> event.fault().stream()).toList();
        assertThat(announced).doesNotHaveDuplicates().hasSize((int) counts.claimed());
        assertThat(journal("claimed")).isNotEmpty().doesNotHaveDuplicates()
                .hasSizeLessThan((int) counts.claimed()).isSubsetOf(announced);
        assertThat(journal("unplugged")).isNotEmpty().doesNotHaveDuplicates();
        assertThat(journal("late")).as("calls of a handler that was stopped").isEmpty();
    }

    private List<Object> journal(String what) {
        return journal.stream().filter(entry -> entry.what().equals(what))
                .map(Entry::about).toList();
    }
}
