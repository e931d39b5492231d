// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app.internal;

import io.hotbus.app.OpenPort;
import io.hotbus.app.internal.PortGroups.Platform;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.bus.ExpectedDevice;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.PortState;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An open port. It is set up each time its device arrives, and withdrawn from the lcores before the
 * device is released. This object's monitor serializes these steps; lcores only read {@code port}.
 */
final class GroupPort implements OpenPort, DeviceAdopter {
    private static final Logger LOG = LoggerFactory.getLogger(GroupPort.class);
    private static final int DESCRIPTORS = 512;
    private static final String OWNER = "app";

    private final Group group;
    private final Platform platform;
    private final ExpectedDevice expected;
    /** The port that the lcores use; null while the device is away. */
    private final AtomicReference<Port> port = new AtomicReference<>();
    /** The port that is set up here and not yet released. */
    private volatile Port held;
    private volatile String name;
    private volatile boolean closed;

    GroupPort(Group group, Devargs devargs) {
        this.group = group;
        this.platform = group.platform();
        this.name = devargs.name();
        this.expected = platform.devices().expect(devargs, this);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<Port> port() {
        return Optional.ofNullable(port.get());
    }

    @Override
    public int receive(MempoolCaches caches, long[] mbufs) {
        Port now = port.get();
        return now == null ? 0 : now.rxQueue(0).burst(caches, mbufs, mbufs.length);
    }

    /** See {@link Port#wakeOnPacket}. While the device is away, its return wakes the lcores. */
    boolean wakeOnPacket(Runnable wake) {
        Port now = port.get();
        return now == null || now.wakeOnPacket(0, wake);
    }

    @Override
    public int send(MempoolCaches caches, long[] mbufs, int count) {
        Port now = port.get();
        int taken = now == null || count == 0 ? 0 : now.txQueue(0).burst(caches, mbufs, count);
        caches.free(mbufs, taken, count - taken);
        return taken;
    }

    /**
     * Attaches the device and sets up its port.
     *
     * @throws DeviceException naming the device and what failed; the device is not attached
     */
    synchronized void open() throws DeviceException {
        Device device = platform.devices().attach(expected.devargs());
        name = device.name();
        try {
            setUp(platform.registry().port(name).orElseThrow(() -> new DeviceException(
                    name + ": is no Ethernet device, it has no port")));
        } catch (DeviceException e) {
            held = null;
            detach(device, e);
            throw e;
        }
    }

    private void detach(Device device, DeviceException reason) {
        try {
            platform.devices().detach(device);
        } catch (DeviceException e) {
            reason.addSuppressed(e);
        }
    }

    private void setUp(Port fresh) throws DeviceException {
        fresh.own(OWNER);
        held = fresh;
        fresh.configure(new PortConfig(1, DESCRIPTORS, DESCRIPTORS, group.pool()));
        fresh.start();
        platform.events().step(DeviceStep.Kind.FORWARD_START, fresh.device(), () -> {
            port.set(fresh);
            group.wakeLcores();
        });
    }

    /** Opens the port again when the device is back. On {@code control}. */
    @Override
    public void adopt(Devargs devargs) throws DeviceException {
        if (!closed) {
            open();
            LOG.info("{}: attached again with {}", name, devargs);
        }
    }

    @Override
    public void gaveUp(Devargs devargs, int attempts, DeviceException reason) {
        LOG.error("{}: given up after {} attempts to attach it again: {} (plug it in once more)",
                devargs.name(), attempts, reason.getMessage());
    }

    /** Handles an event of this port; ignores events of other ports. On {@code control}. */
    void onEthEvent(EthEvent event) {
        Port told = event.port();
        if (closed || !told.name().equals(name)) {
            return;
        }
        try {
            switch (event.kind()) {
                case NEW -> arrived(told);
                case INTR_RMV -> removed(told, event.timeNanos());
                case INTR_RESET -> reset(told);
                case DESTROY -> destroyed(told);
                case INTR_LSC -> {
                    // a change of the link needs no action: the tasks forward what arrives
                }
            }
        } catch (DeviceException e) {
            LOG.error("port {} ({}): after {}: {}", told.id(), name, event.kind(), e.getMessage());
        }
    }

    /** Sets up a port whose device the bus has attached, as the bus or driver was replaced. */
    private synchronized void arrived(Port fresh) throws DeviceException {
        if (port.get() == null && fresh.rxQueueCount() == 0 && !fresh.isRemoved()
                && fresh.state() != PortState.CLOSED) {
            setUp(fresh);
        }
    }

    private synchronized void destroyed(Port gone) {
        port.compareAndSet(gone, null);
        if (held == gone) {
            held = null;
        }
    }

    private synchronized void removed(Port gone, long noticedNanos) throws DeviceException {
        if (held != gone || gone.device().state() == DeviceState.DETACHED) {
            return; // the driver or the bus stopped at the same time and released the port
        }
        letGo(gone);
        LOG.info("port {} ({}): stopped, closed, detached {} ms after its removal was noticed",
                gone.id(), name, String.format(Locale.ROOT, "%.1f",
                        (System.nanoTime() - noticedNanos) / 1e6));
    }

    /**
     * Restarts the port, as {@code EthEvent.Kind.INTR_RESET} requires. A device that does not start
     * counts as removed.
     */
    private synchronized void reset(Port lost) throws DeviceException {
        if (port.get() != lost || lost.isRemoved()) {
            return;
        }
        try {
            release(lost);
            lost.stop();
            lost.start();
            port.set(lost);
        } catch (DeviceException e) {
            platform.unplug().report(lost.device(), RemovalCause.RESET_FAILED);
            throw e;
        }
    }

    private void letGo(Port gone) throws DeviceException {
        release(gone);
        gone.stop();
        gone.close();
        platform.devices().detach(gone.device());
        held = null;
    }

    /** Withdraws the port from the lcores. Takes no monitor, because a bus may hold its lock. */
    void release(Port released) throws DeviceException {
        if (held == released) {
            if (port.compareAndSet(released, null)) {
                platform.events().step(DeviceStep.Kind.FORWARD_STOP, released.device(),
                        group::awaitLcores);
            } else {
                group.awaitLcores();
            }
        }
    }

    void close() {
        closed = true;
        expected.close();
        synchronized (this) {
            Port last = held;
            if (last != null) {
                try {
                    letGo(last);
                } catch (DeviceException e) {
                    LOG.error("{}", e.getMessage());
                }
            }
        }
    }
}
