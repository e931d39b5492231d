// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
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
import java.util.function.BiFunction;
import java.util.function.BiPredicate;

/** The real registry of ports, which also records the reports of drivers. Any control thread. */
public final class RecordingPorts implements PortRegistry, DeviceEventListener {
    private final EthPorts ports;
    private final BlockingQueue<String> linkChanges = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> resets = new LinkedBlockingQueue<>();

    /** Creates the registry, which calls listeners of port events on {@code control}. */
    public RecordingPorts(ControlThread control) {
        ports = new EthPorts(control, event -> { });
    }

    /** The names of ports whose link changed, in order, one per change; a test may clear them. */
    public BlockingQueue<String> linkChanges() {
        return linkChanges;
    }

    /** The names of ports that must be reset, in order, one per report; a test may clear them. */
    public BlockingQueue<String> resets() {
        return resets;
    }

    /** Tells {@code listener} of port events from now on. */
    public void addListener(EthEventListener listener) {
        bind("addListener", EthEventListener.class, listener);
    }

    /** Asks {@code user} from now on to release each port that is withdrawn. */
    public void addUser(PortUser user) {
        bind("addUser", PortUser.class, user);
    }

    /** Calls a bind method by reflection, like Declarative Services, since it is not public. */
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
    public Lease keepNumber(int id, String device) {
        return ports.keepNumber(id, device);
    }

    @Override
    public Lease claim(String owner, BiPredicate<Device, EthDevInfo> wanted) {
        return ports.claim(owner, wanted);
    }

    @Override
    public Lease claimRest(BiFunction<Device, EthDevInfo, Optional<String>> owner) {
        return ports.claimRest(owner);
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
