// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.uevent;

import io.hotbus.core.device.Buses;
import io.hotbus.core.settings.CoreSettings;
import io.hotbus.core.thread.Leases;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEventMonitor;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.UeventSocket;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a {@link UeventReader} while at least one lease is open. */
@Component(service = DeviceEventMonitor.class, immediate = true)
public final class UeventMonitor implements DeviceEventMonitor {
    private static final Logger LOG = LoggerFactory.getLogger(UeventMonitor.class);

    private final Linux linux;
    private final UeventSocket.Factory sockets;
    private final Buses buses;
    private final CoreSettings settings;
    private final Leases leases = new Leases(this::on, this::off);
    /** The reader while the monitor is on. Guarded by leases. */
    private UeventReader reader;

    @Activate
    public UeventMonitor(@Reference Linux linux, @Reference UeventSocket.Factory sockets,
            @Reference Buses buses, @Reference CoreSettings settings) {
        this.linux = linux;
        this.sockets = sockets;
        this.buses = buses;
        this.settings = settings;
    }

    @Override
    public Lease start() throws DeviceException {
        return leases.open();
    }

    @Override
    public boolean running() {
        return leases.anyOpen();
    }

    /** Stops the monitor even if leases are open. Idempotent. */
    @Deactivate
    public void close() {
        leases.closeAll();
    }

    private void on() throws DeviceException {
        try {
            reader = UeventReader.open(linux, sockets, buses, settings);
        } catch (LinuxException e) {
            throw new DeviceException("uevents cannot be listened to: " + e.getMessage(), e);
        }
        LOG.info("the device event monitor is on: listening to the kernel's uevents");
    }

    private void off() {
        reader.close();
        reader = null;
        LOG.info("the device event monitor is off");
    }
}
