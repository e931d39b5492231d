// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.Standby;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a failsafe port of each port that stands in for another device, and of that device, the
 * primary. A port that another one claims, or that has an owner, is left to it. Control threads.
 * Source: the kernel's net_failover, which does the same for its virtio driver.
 */
@Component(service = EthEventListener.class)
public final class StandbyPorts implements EthEventListener {
    /** The number of the first failsafe device that is made here. */
    static final int FIRST = 1000;
    private static final Logger LOG = LoggerFactory.getLogger(StandbyPorts.class);

    private final DeviceManager devices;
    private final AtomicInteger next = new AtomicInteger(FIRST);
    /** By the name of the standby device: the failsafe device. */
    private final Map<String, String> owners = new ConcurrentHashMap<>();
    private final Lease claim;

    @Activate
    public StandbyPorts(@Reference DeviceManager devices, @Reference PortRegistry ports) {
        this.devices = devices;
        // Called for each new port, perhaps under the lock of a bus.
        this.claim = ports.claimRest(this::owner);
        ports.ports().stream().filter(port -> port.owner().isEmpty()).forEach(this::pair);
    }

    @Deactivate
    void deactivate() {
        claim.close();
    }

    private Optional<String> owner(Device device, EthDevInfo info) {
        return info.standby().map(role -> owners.computeIfAbsent(
                device.name(), name -> FailsafeDriver.NAME + next.getAndIncrement()));
    }

    @Override
    public void onEthEvent(EthEvent event) {
        if (event.kind() == EthEvent.Kind.NEW
                && event.port().owner().filter(owners::containsValue).isPresent()) {
            pair(event.port());
        }
    }

    /** Makes the failsafe device of a standby, unless it is there. */
    private void pair(Port port) {
        Optional<String> name = owner(port.device(), port.info());
        if (name.isEmpty() || devices.find(name.get()).isPresent()) {
            return;
        }
        try {
            Devargs devargs = devargs(name.get(), port.info().macAddress(),
                    port.info().standby().orElseThrow(), port.device().devargs());
            LOG.info("{}: stands in for the device of its address: {}", port.name(), devargs);
            devices.expect(VdevDevice.BUS, devargs);
        } catch (DeviceException e) {
            LOG.error("{}: is not paired: {}", port.name(), e.getMessage());
        }
    }

    /** The primary is preferred. */
    private static Devargs devargs(String name, MacAddress mac, Standby role, Devargs standby)
            throws DeviceException {
        return Devargs.parse("%s,dev(%s),dev(%s),mac=%s".formatted(name,
                role.primary().map(Devargs::toString).orElseGet(() -> "mac=" + mac), standby, mac));
    }
}
