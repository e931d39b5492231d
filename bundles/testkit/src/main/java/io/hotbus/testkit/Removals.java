// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Takes reports of removals as core does, without the part of the bus: marks the device, tells the
 * ports, and records the cause. Any thread.
 */
public final class Removals implements HotUnplug {
    private final RecordingPorts ports;
    private final BlockingQueue<RemovalCause> causes = new LinkedBlockingQueue<>();

    /** Tells {@code ports} of each removal. */
    public Removals(RecordingPorts ports) {
        this.ports = ports;
    }

    @Override
    public boolean report(Device device, RemovalCause cause) {
        final boolean first = device.markRemoved();
        if (first) {
            ports.onDeviceEvent(DeviceEvent.removed(device, cause, System.nanoTime()));
            causes.add(cause);
        }
        return first;
    }

    /** Waits for the next removal. */
    public RemovalCause await() throws InterruptedException {
        final RemovalCause cause = causes.poll(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (cause == null) {
            throw new AssertionError("no removal within " + Await.LIMIT);
        }
        return cause;
    }

    /** The causes that no {@link #await} has taken, in order. */
    public BlockingQueue<RemovalCause> causes() {
        return causes;
    }
}
