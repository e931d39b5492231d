// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps all ports running, like an application: starts and polls each new port, and closes each
 * port whose device goes. On {@code control}.
 */
final class Forwarding implements EthEventListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarding.class);

    private final Application application;
    private final List<Poller> pollers;
    private final ServiceRegistration<?> registration;
    /** The ports that are polled, by name. */
    private final Map<String, Port> running = new ConcurrentHashMap<>();

    Forwarding(Application application, int pollers) {
        this.application = application;
        this.pollers = IntStream.range(0, pollers)
                .mapToObj(i -> new Poller(application)).toList();
        registration = application.context.registerService(EthEventListener.class, this, null);
    }

    @Override
    public void onEthEvent(EthEvent event) {
        Port port = event.port();
        try {
            switch (event.kind()) {
                case NEW -> {
                    application.start(port);
                    poller(port.name()).add(port);
                    running.put(port.name(), port);
                }
                case INTR_RMV -> {
                    forget(port);
                    application.giveUp(port);
                }
                case DESTROY -> forget(port);
                case INTR_LSC, INTR_RESET -> {
                    // a change of the link needs no action
                }
            }
        } catch (DeviceException e) {
            // The device or its bus may be gone again by now.
            LOG.info("{}: {}: {}", port, event.kind(), e.getMessage());
        }
    }

    private void forget(Port port) {
        running.remove(port.name(), port);
        poller(port.name()).release(port);
    }

    /** The poller of the device of that name, chosen by the number of the device. */
    Poller poller(String device) {
        return pollers.get(device.charAt(device.length() - 1) % pollers.size());
    }

    /** Attaches the device and waits until packets come in on its port. */
    Port attach(String devargs) throws DeviceException {
        return awaitPackets(application.attach(devargs).name());
    }

    /** Waits until packets come in on the port of the device of that name. */
    Port awaitPackets(String name) {
        Waiting.until(name + " does not forward", () -> forwards(running.get(name)));
        return running.get(name);
    }

    /** Whether {@code port}, which may be null, is polled and packets have come in on it. */
    private boolean forwards(Port port) {
        Poller.Seen seen = port == null ? null : poller(port.name()).seen(port);
        return seen != null && seen.received() > 0;
    }

    /** The port of that name if it forwards, else null. */
    Port find(String name) {
        Port port = running.get(name);
        return forwards(port) ? port : null;
    }

    /** Detaches all devices, which gives every buffer back, and ends the threads. */
    @Override
    public void close() throws DeviceException {
        for (Device device : new ArrayList<>(application.service(DeviceManager.class).devices())) {
            application.service(DeviceManager.class).detach(device);
            Waiting.until(device + " is not detached",
                    () -> device.state() == DeviceState.DETACHED);
        }
        registration.unregister();
        pollers.forEach(Poller::close);
    }
}
