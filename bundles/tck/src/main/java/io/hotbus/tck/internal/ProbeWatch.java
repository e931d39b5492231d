// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceState;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * A thread that looks for the device on its bus while another attaches it, and takes it away as
 * soon as it is seen being probed, with a window where it is to have any.
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

    /** When this returns it is looking. */
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

    /** Looks no longer. The device, if it was met in the middle of probe and taken away. */
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
