// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.eal.thread.InterruptThread;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Checks once a second for ports that receive nothing because they get no buffers. Runs on {@code
 * control}: reading statistics may wait for a driver that is being started, and {@code interrupt}
 * must not wait.
 */
@Component(service = {}, immediate = true)
public final class BufferWatch {
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final EthPorts ports;
    private final ControlThread control;
    private final AtomicBoolean pending = new AtomicBoolean();
    private final Lease lease;

    @Activate
    public BufferWatch(@Reference EthPorts ports, @Reference ControlThread control,
            @Reference InterruptThread interrupt) {
        this.ports = ports;
        this.control = control;
        this.lease = interrupt.every(PERIOD, this::look);
    }

    @Deactivate
    void deactivate() {
        lease.close();
    }

    private void look() {
        if (pending.compareAndSet(false, true)) {
            control.execute(this, () -> {
                pending.set(false);
                ports.watchBuffers();
            });
        }
    }
}
