// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.eal.thread.ControlThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** The services a bus needs, as a record of what the bus asked of them. */
final class TestCore implements HotUnplug, DeviceEvents, MmioMapper, ControlThread {
    private static final int WINDOW = 4096;

    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final List<DeviceEvent> events = new CopyOnWriteArrayList<>();
    final List<String> steps = new CopyOnWriteArrayList<>();
    /** Whose windows are replaced now. */
    final Set<MmioWindows> replaced = ConcurrentHashMap.newKeySet();
    volatile boolean replaceFails;
    /** What happens between a bus's call of {@link #report} and its effect. */
    volatile Runnable beforeReport = () -> { };
    volatile BusHotplugHandler handler;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextAddress = new AtomicLong(0x10_0000);

    @Override
    public boolean report(Device device, RemovalCause cause) {
        beforeReport.run();
        if (!device.markRemoved()) {
            return false;
        }
        log.add("removed " + device + " " + cause);
        try {
            handler.handleHotUnplug(device, cause);
        } catch (DeviceException e) {
            log.add(e.getMessage());
            device.transition(DeviceState.REMOVED, DeviceState.FAILED);
        }
        return true;
    }

    @Override
    public void publish(DeviceEvent event) {
        events.add(event);
    }

    @Override
    public void publish(DeviceStep step) {
        steps.add(step.kind() + " " + step.name() + step.failure().map(f -> ": " + f).orElse(""));
    }

    BusServices services() {
        return new BusServices(this, this, this, this);
    }

    /** Maps a window of {@code device}, at an address nothing is at. */
    Mmio map(Device device, String bar) {
        return map(device.windows(),
                new Source(device.name() + " " + bar, -1, 0, WINDOW, Fill.ONES));
    }

    @Override
    public Mmio map(MmioWindows owner, Source source) {
        Mmio window = new Mmio(source.name(), nextAddress.getAndAdd(WINDOW), source.length());
        owner.add(window);
        return window;
    }

    @Override
    public void release(MmioWindows owner, Mmio window) {
        if (owner.remove(window)) {
            log.add("released " + window.name());
        }
    }

    @Override
    public void replace(MmioWindows owner) throws IOException {
        log.add("replaced " + owner.owner());
        if (replaceFails) {
            throw new IOException("mmap: ENOMEM");
        }
        replaced.add(owner);
    }

    @Override
    public void restore(Mmio window, int fd, long offset) {
        log.add("restored " + window.name());
    }

    @Override
    public void execute(Object owner, Runnable task) {
        tasks.add(task);
    }

    /** Runs all that was handed to the control thread, on this one. */
    void runControl() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }
}
