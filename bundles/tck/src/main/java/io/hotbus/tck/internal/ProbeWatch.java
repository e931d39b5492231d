// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceState;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A thread that watches for the device on its bus while another thread attaches the device. It
 * removes the device as soon as it sees it being probed; if the device is to have windows, it first
 * waits for one.
 */
public final class ProbeWatch implements AutoCloseable {
    private final Testee testee;
    private final Removal removal;
    private final boolean hasWindows;
    private final Awaiting awaiting;
    private final CountDownLatch watching = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "tck-probe-watch");
    private volatile boolean stopped;
    private volatile Device met;
    private volatile Throwable failure;

    /** Starts the thread and waits until it watches. */
    public ProbeWatch(Platform platform, Testee testee, Removal removal, boolean hasWindows)
            throws InterruptedException {
        this.testee = testee;
        this.removal = removal;
        this.hasWindows = hasWindows;
        this.awaiting = platform.awaiting();
        thread.start();
        watching.await();
    }

    private void watch() {
        Bus bus = testee.bus();
        watching.countDown();
        try {
            while (!stopped && met == null) {
                Optional<? extends Device> seen = bus.devices().stream()
                        .filter(device -> device.name().equals(testee.name())
                                && device.state() == DeviceState.PROBING
                                && (!hasWindows || !device.windows().list().isEmpty()))
                        .findFirst();
                if (seen.isPresent()) {
                    testee.beginRemoval(seen.get(), removal);
                    met = seen.get();
                }
            }
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Stops watching; returns the device if it was removed in the middle of the probe. */
    public Optional<Device> end() throws InterruptedException {
        close();
        if (failure != null) {
            throw new AssertionError(testee.name() + ": could not be taken away inside probe",
                    failure);
        }
        return Optional.ofNullable(met);
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        awaiting.end(thread);
    }
}
