// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortUser;
import io.hotbus.ethdev.internal.EthPorts;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The real registry of ports; it also records what drivers tell it. Any control thread. */
public final class RecordingPorts implements PortRegistry, DeviceEventListener {
    private final EthPorts ports;
    private final BlockingQueue<String> linkChanges = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> resets = new LinkedBlockingQueue<>();

    /** Listeners of port events are called on {@code control}. */
    public RecordingPorts(ControlThread control) {
        ports = new EthPorts(control);
    }

    /** Names of the ports whose link changed, in order, one for each change; may be cleared. */
    public BlockingQueue<String> linkChanges() {
        return linkChanges;
    }

    /** Names of the ports that must be reset, in order, one for each report; may be cleared. */
    public BlockingQueue<String> resets() {
        return resets;
    }

    /** Tells {@code listener} of port events from now on. */
    public void addListener(EthEventListener listener) {
        bind("addListener", EthEventListener.class, listener);
    }

    /** Asks {@code user} to let go of each port that is taken away, from now on. */
    public void addUser(PortUser user) {
        bind("addUser", PortUser.class, user);
    }

    /** Calls a bind method as Declarative Services do: by reflection, since it is not public. */
    private <S> void bind(String method, Class<S> type, S service) {
        try {
            final Method bind = EthPorts.class.getDeclaredMethod(method, type);
            bind.setAccessible(true);
            bind.invoke(ports, service);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            throw new AssertionError("EthPorts." + method, e);
        }
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        ports.onDeviceEvent(event);
    }

    @Override
    public List<Port> ports() {
        return ports.ports();
    }

    @Override
    public Optional<Port> port(int id) {
        return ports.port(id);
    }

    @Override
    public Optional<Port> port(String name) {
        return ports.port(name);
    }

    @Override
    public Port add(Device device, EthDev dev) {
        return ports.add(device, dev);
    }

    @Override
    public void remove(Port port) {
        ports.remove(port);
    }

    @Override
    public void linkChanged(Port port) {
        linkChanges.add(port.name());
        ports.linkChanged(port);
    }

    @Override
    public void resetNeeded(Port port) {
        resets.add(port.name());
        ports.resetNeeded(port);
    }
}
