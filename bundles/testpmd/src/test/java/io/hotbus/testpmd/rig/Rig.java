// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.rig;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.testkit.Await;
import io.hotbus.testkit.RealDevices;
import io.hotbus.testkit.RecordingPorts;
import io.hotbus.testkit.SingleControl;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.fwd.ForwarderAccess;
import io.hotbus.testpmd.internal.fwd.LcoreForwarder;
import io.hotbus.testpmd.internal.fwd.StoredSettings;
import io.hotbus.testpmd.internal.port.PortAccess;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** The application with everything real but the bus, the NICs and the kernel. */
public final class Rig implements AutoCloseable {
    public final SingleControl control = new SingleControl();
    public final RecordingPorts registry = new RecordingPorts(control);
    public final RigDevices devices;
    public final RealDevices platform = new RealDevices(control);
    public final FwdSettings settings;
    public final LcoreForwarder forwarder;
    public final PortAccess ports;
    private final List<DeviceEventListener> listeners = new CopyOnWriteArrayList<>();

    /** {@code words} are options of the command line. */
    public Rig(String... words) throws UsageException {
        Options options = Options.parse(Arguments.of(List.of(words)));
        devices = new RigDevices(registry);
        platform.add(devices);
        platform.add(devices.as("pci"));
        settings = new StoredSettings(options);
        forwarder = ForwarderAccess.forwarder(options, settings, control);
        registry.addUser(forwarder);
        ports = new PortAccess(options, platform.manager(), registry, forwarder, settings,
                control, this::report);
        ports.listeners().forEach(registry::addListener);
        listeners.add(registry);
        listeners.add(platform);
    }

    /** Tells {@code listener} of device events from now on. */
    public void listen(DeviceEventListener listener) {
        listeners.add(listener);
    }

    /** Tells {@code listener} of port events from now on. */
    public void listenToPorts(EthEventListener listener) {
        registry.addListener(listener);
    }

    public Port attach(String devargs) throws Exception {
        return ports.manager().attach(Devargs.parse(devargs));
    }

    /** Attaches {@code count} NICs, wire0 wired to wire1 and so on. */
    public void attach(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            attach("wire" + i);
        }
    }

    public WireNic nic(String name) {
        return devices.device(name).nic();
    }

    /** The NIC is pulled out, and that is noticed. */
    public void pullOut(String name) throws Exception {
        RigDevice device = devices.device(name);
        device.nic().pullOut();
        assertThat(report(device, RemovalCause.UEVENT_REMOVE)).isTrue();
    }

    /** Reports a removal like core, except for the part of the bus. */
    private boolean report(Device device, RemovalCause cause) {
        boolean first = device.markRemoved();
        if (first) {
            publish(DeviceEvent.removed(device, cause, System.nanoTime()));
        }
        return first;
    }

    /** ADD, as a bus tells it. */
    public void plugged(String name) {
        publish(DeviceEvent.of(DeviceEvent.Kind.ADD, "rig", name));
    }

    /** BIND, as a bus tells it. */
    public void bound(String name) {
        publish(DeviceEvent.of(DeviceEvent.Kind.BIND, "rig", name));
    }

    /** Tells everyone, before anything that follows from it is told. */
    public void publish(DeviceEvent event) {
        control.execute(this, () -> {
            for (DeviceEventListener listener : listeners) {
                control.execute(listener, () -> listener.onDeviceEvent(event));
            }
        });
    }

    /** Packets forwarded from the device, by streams of now and before. */
    public long sentFrom(String name) {
        return forwarder.statistics().stream().filter(s -> s.rxPort().equals(name))
                .mapToLong(StreamStats::sent).sum();
    }

    public void awaitTrafficFrom(String name) throws Exception {
        long before = sentFrom(name);
        await(() -> sentFrom(name) > before + 100);
    }

    public static void await(BooleanSupplier condition) {
        Await.until(condition);
    }

    /** Releases everything; fails if a test leaked a buffer or misused a NIC. */
    @Override
    public void close() throws Exception {
        List<WireNic> nics = devices.devices().stream().map(d -> ((RigDevice) d).nic()).toList();
        ports.close();
        int inUse = forwarder.mbufsInUse();
        ForwarderAccess.close(forwarder);
        control.settle();
        control.close();
        assertThat(inUse).as("mbufs in use after all ports are closed").isZero();
        assertThat(nics).allSatisfy(nic -> assertThat(nic.misuse()).isEmpty());
    }
}
