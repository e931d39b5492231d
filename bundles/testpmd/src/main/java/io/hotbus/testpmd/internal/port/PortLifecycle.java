// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.PortManager;
import io.hotbus.testpmd.PortPlan;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes each new port to forwarding, and back again when it is no longer wanted or is gone. */
@Component(service = {PortManager.class, PortLifecycle.class, EthEventListener.class})
public final class PortLifecycle implements PortManager, EthEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(PortLifecycle.class);

    private record Attached(Device device, Optional<Port> port) {
    }

    private final DeviceManager devices;
    private final PortRegistry registry;
    private final Forwarder forwarder;
    private final FwdSettings settings;
    private final HotUnplug hotUnplug;
    private final List<LifecycleListener> listeners = new CopyOnWriteArrayList<>();
    /** Ports that were set up here and whose devices are not detached yet. */
    private final Set<Port> managed = ConcurrentHashMap.newKeySet();
    private final PortSetup setup;
    private final KeptSettings kept = new KeptSettings();
    private final PortChanges changes;
    /** Devices that {@link #attach} is attaching: it throws if the port of one fails. */
    private final Set<String> attaching = ConcurrentHashMap.newKeySet();

    @Activate
    public PortLifecycle(@Reference Options options, @Reference DeviceManager devices,
            @Reference PortRegistry registry, @Reference Forwarder forwarder,
            @Reference FwdSettings settings, @Reference HotUnplug hotUnplug) {
        this.devices = devices;
        this.registry = registry;
        this.forwarder = forwarder;
        this.settings = settings;
        this.hotUnplug = hotUnplug;
        this.setup = new PortSetup(options, forwarder, settings);
        this.changes = new PortChanges(this, setup, kept, managed::contains);
        // Those from before an update of this bundle or one it stands on.
        registry.ports().forEach(this::setUpOrLog);
    }

    /** Detaches every port that was set up here. Idempotent. */
    @Deactivate
    void detachAll() {
        for (Port port : managed) {
            try {
                detach(port);
            } catch (DeviceException e) {
                LOG.error("{}", e.getMessage());
            }
        }
    }

    /** Calls {@code listener} for the ports that are there, and for those to come. */
    public synchronized void addListener(LifecycleListener listener) {
        listeners.add(listener);
        managed.forEach(listener::onReady);
    }

    public void removeListener(LifecycleListener listener) {
        listeners.remove(listener);
    }

    @Override
    public Port attach(Devargs devargs) throws DeviceException {
        Attached attached = attachAndSetUp(devargs);
        if (attached.port().isEmpty()) {
            DeviceException e = new DeviceException(
                    attached.device() + ": is no Ethernet device, it has no port");
            undo(attached, e);
            throw e;
        }
        return attached.port().get();
    }

    @Override
    public Device attachDevice(Devargs devargs) throws DeviceException {
        return attachAndSetUp(devargs).device();
    }

    private Attached attachAndSetUp(Devargs devargs) throws DeviceException {
        boolean first = attaching.add(devargs.name());
        try {
            Device device = devices.attach(devargs);
            kept.reopen(device.name());
            Attached attached = new Attached(device, registry.port(device.name()));
            setUp(attached);
            return attached;
        } finally {
            if (first) {
                attaching.remove(devargs.name());
            }
        }
    }

    private void setUp(Attached attached) throws DeviceException {
        if (attached.port().isPresent()) {
            try {
                setUp(attached.port().get());
            } catch (DeviceException e) {
                undo(attached, e);
                throw e;
            }
        }
    }

    private void undo(Attached attached, DeviceException reason) {
        try {
            if (attached.port().isPresent()) {
                detach(attached.port().get());
            } else {
                devices.detach(attached.device());
            }
        } catch (DeviceException e) {
            reason.addSuppressed(e);
        }
    }

    /** On {@code control}. */
    @Override
    public void onEthEvent(EthEvent event) {
        switch (event.kind()) {
            case NEW -> {
                if (!attaching.contains(event.port().name())) {
                    setUpOrLog(event.port());
                }
            }
            case DESTROY -> forget(event.port());
            case INTR_RESET -> recover(event.port());
            case INTR_LSC, INTR_RMV -> { } // removals are the PortRemover's
        }
    }

    private void setUpOrLog(Port port) {
        try {
            setUp(port);
        } catch (DeviceException e) {
            LOG.error("port {}: {}", port.id(), e.getMessage());
        }
    }

    /** Sets the port up again; takes its device for removed where that fails. */
    private void recover(Port port) {
        try {
            reset(port);
        } catch (DeviceException e) {
            LOG.error("port {} ({}): not set up again after its device lost its state: {} "
                    + "(the device is taken for removed)", port.id(), port.name(), e.getMessage());
            hotUnplug.report(port.device(), RemovalCause.RESET_FAILED);
        }
    }

    @Override
    public synchronized void reset(Port port) throws DeviceException {
        if (port.state() != PortState.STARTED || port.isRemoved() || port.owner().isPresent()) {
            return;
        }
        boolean forwarded = forwarder.ports().contains(port);
        halt(port);
        port.start();
        if (forwarded) {
            forwarder.addPort(port);
        }
        LOG.info("port {} ({}): set up again with its configuration", port.id(), port.name());
    }

    /** Its driver took it away, or someone else detached its device. */
    private synchronized void forget(Port port) {
        if (managed.remove(port)) {
            kept.keep(port);
        }
        try {
            forwarder.removePort(port);
        } catch (DeviceException e) {
            LOG.error("port {}: {}", port.id(), e.getMessage());
        }
    }

    /**
     * Configures and starts a port that is new and has no owner; leaves any other as it is. A port
     * that is gone again is left to the {@link PortRemover}, as at any other time.
     */
    private synchronized void setUp(Port port) throws DeviceException {
        if (port.rxQueueCount() != 0 || port.state() == PortState.CLOSED || port.device().isGone()
                || kept.closed(port) || port.owner().isPresent()) {
            return;
        }
        managed.add(port);
        setup.begin(port);
        restore(port);
        if (setup.isToStart(port) && !kept.stopped(port)) {
            start(port);
        }
        // Under the lock, so that listeners are told of its end after this.
        listeners.forEach(listener -> listener.onReady(port));
    }

    private void restore(Port port) {
        try {
            kept.restore(port);
        } catch (DeviceException e) {
            LOG.warn("{} (it does not have all settings that it had before)", e.getMessage());
        }
    }

    /** Changes ports while they are set up. */
    public PortChanges changes() {
        return changes;
    }

    @Override
    public synchronized void start(Port port) throws DeviceException {
        setup.refresh(port);
        port.start();
        try {
            forwarder.addPort(port);
        } catch (DeviceException e) {
            // Started, but forwarded by none, it would only keep buffers from the others.
            forwarder.removePort(port);
            port.stop();
            throw e;
        }
        kept.setStopped(port, false);
    }

    @Override
    public synchronized void stop(Port port) throws DeviceException {
        PortSetup.requireFree(port);
        halt(port);
        kept.setStopped(port, true);
    }

    @Override
    public synchronized void close(Port port) throws DeviceException {
        PortSetup.requireFree(port);
        shut(port);
        kept.setClosed(port);
        unwanted(port);
    }

    /** Stops a port, and leaves it to the caller to start it. Under the lock. */
    void halt(Port port) throws DeviceException {
        forwarder.removePort(port);
        port.stop();
    }

    private void shut(Port port) throws DeviceException {
        halt(port);
        port.close();
    }

    @Override
    public void detach(Port port) throws DeviceException {
        unwanted(port);
        letGo(port);
        kept.forget(port.name());
        settings.changePlan(port.name(), plan -> PortPlan.NONE);
    }

    private void unwanted(Port port) {
        listeners.forEach(listener -> listener.onUnwanted(port.device()));
    }

    /** As {@link #detach}, after a removal: a port that comes back has the settings it had. */
    void detachRemoved(Port port) throws DeviceException {
        kept.keep(port);
        letGo(port);
    }

    private void letGo(Port port) throws DeviceException {
        synchronized (this) {
            if (port.owner().isEmpty()) { // an owner stops and closes its port itself
                shut(port);
            }
            if (port.device().state() != DeviceState.DETACHED) {
                devices.detach(port.device());
            }
            managed.remove(port);
        }
        listeners.forEach(listener -> listener.onDetached(port.device()));
    }
}
