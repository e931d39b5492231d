// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortUser;
import io.hotbus.pmd.Attachments;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver of ports on other ports: probes and releases its devices, and passes events and requests
 * on to them. A component names the interfaces of this class among its services. Control threads.
 *
 * @param <D> its devices
 */
@ConsumerType
public abstract class AbstractMembersDriver<D extends AbstractMembersDev>
        implements VdevDriver, EthEventListener, PortUser {
    private final String name;
    private final MemberServices services;
    private final Attachments<VdevDevice> attachments = new Attachments<>();
    /** By device name. */
    private final Map<String, D> devs = new ConcurrentSkipListMap<>();

    /** @param name as in {@link VdevDriver#name} */
    protected AbstractMembersDriver(String name, MemberServices services) {
        this.name = name;
        this.services = services;
    }

    /**
     * Creates a device from its devargs.
     *
     * @throws DeviceException the devargs are wrong
     */
    protected abstract D create(VdevDevice device, MemberServices with) throws DeviceException;

    /** The devices that are there now, by name. Any thread. */
    protected final Map<String, D> devs() {
        return devs;
    }

    /** Releases all devices. A driver calls this when it is deactivated. */
    protected final void removeAll() {
        attachments.removeAll();
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void probe(VdevDevice device) throws DeviceException {
        attachments.probe(device, attachment -> {
            D dev = create(device, services);
            attachment.onRemove(dev::close);
            devs.put(device.name(), dev);
            attachment.onRemove(() -> devs.remove(device.name()));
            Port port = services.ports().add(device, dev);
            attachment.onRemove(() -> services.ports().remove(port));
            dev.published(port);
        });
    }

    @Override
    public final void remove(VdevDevice device) {
        attachments.remove(device);
    }

    @Override
    public final void onEthEvent(EthEvent event) {
        devs.values().forEach(dev -> dev.members().onEthEvent(event));
    }

    @Override
    public final void release(Port port) {
        devs.values().forEach(dev -> dev.members().release(port));
    }

    @Override
    public final void takeBack(Port port) {
        devs.values().forEach(dev -> dev.members().takeBack(port));
    }
}
