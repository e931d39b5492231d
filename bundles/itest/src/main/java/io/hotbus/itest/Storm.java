// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvent.Kind;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Pulls net_sim devices out again and again, each as soon as it forwards, and plugs them in again.
 * Half of the removals are silent: only an access notices them.
 */
final class Storm {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** An update that may take the bus of the devices away for a while. */
    @FunctionalInterface
    interface Update {
        void run() throws Exception;
    }

    /** A device that was pulled out, and whether an update was going on meanwhile. */
    record Removal(Device device, boolean silent, boolean duringUpdate) {
    }

    private final Application application;
    private final Forwarding forwarding;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> pulling = new ArrayList<>();
    private final Queue<Removal> removals = new ConcurrentLinkedQueue<>();
    /** Odd while an update is in progress. */
    private final AtomicInteger updates = new AtomicInteger();
    private volatile boolean ended;

    Storm(Application application, Forwarding forwarding) {
        this.application = application;
        this.forwarding = forwarding;
    }

    /** Starts the storm on {@code devices} devices, two per thread; every other pair is silent. */
    void begin(int devices) {
        for (int i = 0; i < devices; i += 2) {
            int first = i;
            boolean silent = i % 4 == 0;
            pulling.add(threads.submit(() -> {
                while (!ended) {
                    pullOut("net_sim" + first, silent);
                    pullOut("net_sim" + (first + 1), silent);
                }
            }));
        }
    }

    private void pullOut(String name, boolean silent) {
        Port port = attach(name, silent);
        int updatesBefore = updates.get();
        if (port == null || forwarding.find(name) != port || !yank(name)) {
            return;
        }
        Waiting.until(() -> port + " is " + port.state() + " and not given up",
                () -> port.device().state() == DeviceState.DETACHED);
        boolean duringUpdate = (updatesBefore & 1) == 1 || updates.get() != updatesBefore;
        removals.add(new Removal(port.device(), silent, duringUpdate));
        plug(name);
    }

    /** Attaches the device; returns its port once it forwards, null if the storm ends before. */
    private Port attach(String name, boolean silent) {
        String devargs = name + ",loopback=1,uevent_ms=" + (silent ? 10_000 : 0);
        Port port = forwarding.find(name);
        while (port == null && !ended) {
            try {
                application.attach(devargs);
            } catch (DeviceException e) {
                // The device is attached already, or its bus or driver is being updated.
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            port = forwarding.find(name);
        }
        return port;
    }

    /** Pulls the device out; returns false if its hardware is just being updated. */
    private boolean yank(String name) {
        try {
            RemovalInjector injector = application.find(RemovalInjector.class).orElse(null);
            if (injector == null) {
                return false;
            }
            injector.yank(name);
            return true;
        } catch (DeviceException e) {
            return false;
        }
    }

    private void plug(String name) {
        application.find(RemovalInjector.class).ifPresent(injector -> {
            try {
                injector.plug(name);
            } catch (DeviceException e) {
                // The hardware was updated and returns with every slot plugged in.
            }
        });
    }

    /** Runs {@code update} while devices are being pulled out. */
    void update(Update update) throws Exception {
        updates.incrementAndGet();
        update.run();
        updates.incrementAndGet();
    }

    /** Waits until {@code count} more devices have been pulled out and given up. */
    void awaitRemovals(int count) {
        int target = removals.size() + count;
        Waiting.until("no device is pulled out any more", () -> removals.size() >= target
                || pulling.stream().anyMatch(Future::isDone));
        assertThat(pulling).as("failed, see the end of the storm").noneMatch(Future::isDone);
    }

    /** Ends the storm; every device is plugged in when this returns. */
    void end() throws Exception {
        ended = true;
        threads.shutdown();
        for (Future<?> one : pulling) {
            one.get(Application.DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    List<Removal> removals() {
        return List.copyOf(removals);
    }

    /**
     * Checks that each device that was pulled out had one REMOVE, after a FAULT if the removal was
     * silent. A device may have none only if an update took it from its driver before the removal
     * was noticed or could be reported.
     */
    void assertOneRemovalEach(List<DeviceEvent> events) {
        Map<Device, List<DeviceEvent>> byDevice = events.stream()
                .filter(event -> event.device().isPresent())
                .collect(Collectors.groupingBy(event -> event.device().get()));
        Set<Device> updated = removals.stream().filter(Removal::duringUpdate)
                .map(Removal::device).collect(Collectors.toSet());
        byDevice.forEach((device, about) -> assertThat(count(about, Kind.REMOVE))
                .as("REMOVE of %s", device).isBetween(updated.contains(device) ? 0L : 1L, 1L));
        assertThat(byDevice).hasSizeLessThanOrEqualTo(removals.size());
        for (Removal removal : removals) {
            List<DeviceEvent> about = byDevice.getOrDefault(removal.device(), List.of());
            if (!removal.duringUpdate()) {
                assertThat(about).as("%s", removal).isNotEmpty();
            }
            if (removal.silent() && !about.isEmpty()) {
                assertThat(about.get(0).kind()).isEqualTo(Kind.FAULT);
                assertThat(about).filteredOn(event -> event.kind() == Kind.REMOVE).allSatisfy(
                        event -> assertThat(event.cause()).contains(RemovalCause.SIGBUS));
            }
        }
    }

    private static long count(List<DeviceEvent> events, Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).count();
    }
}
