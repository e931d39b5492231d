// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest.flawed;

import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.hotplug.SigbusVerdict;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.os.Linux;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The bus of {@code flawed0}, {@code flawed1} ...; one lock guards everything. */
final class FlawedBus implements Bus, BusHotplugHandler, SigbusHandler {
    static final String NAME = "flawed";
    private static final long SIZE = 1 << 16;

    private final Flaw flaw;
    private final Linux linux;
    private final MmioMapper mapper;
    private final PortRegistry ports;
    private final DeviceEvents events;
    private final Map<String, FlawedDevice> devices = new ConcurrentHashMap<>();

    FlawedBus(Flaw flaw, Linux linux, MmioMapper mapper, PortRegistry ports,
            DeviceEvents events) {
        this.flaw = flaw;
        this.linux = linux;
        this.mapper = mapper;
        this.ports = ports;
        this.events = events;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean claims(Devargs devargs) {
        return flaw == Flaw.CLAIMS_EVERY_NAME
                || NAME.equals(devargs.bus().orElse(NAME)) && devargs.name().matches(NAME + "\\d+");
    }

    @Override
    public List<FlawedDevice> devices() {
        return List.copyOf(devices.values());
    }

    @Override
    public synchronized Device attach(Devargs devargs) throws DeviceException {
        if (!devargs.name().matches(NAME + "\\d+")) {
            throw new DeviceException(devargs.name() + ": there is no such device");
        }
        if (flaw != Flaw.TAKES_ANY_DEVARG) {
            devargs.allowOnly(Set.of());
        }
        FlawedDevice device = new FlawedDevice(devargs);
        if (devices.putIfAbsent(devargs.name(), device) != null) {
            throw new DeviceException(devargs.name() + ": is attached already");
        }
        device.transition(DeviceState.FOUND, DeviceState.PROBING);
        try {
            probe(device);
        } catch (IOException e) {
            letGo(device);
            throw new DeviceException(device + ": " + e.getMessage(), e);
        }
        if (!device.transition(DeviceState.PROBING, DeviceState.PROBED)) {
            letGo(device);
            throw new DeviceException(device + ": pulled out while being probed");
        }
        return device;
    }

    private void probe(FlawedDevice device) throws IOException {
        device.fd = linux.memfd(device.name(), SIZE);
        Mmio window = mapper.map(device.windows(),
                new MmioMapper.Source("BAR0", device.fd, 0, SIZE, Fill.ONES));
        window.write32(FlawedDev.ALIVE, 1);
        device.port = ports.add(device, new FlawedDev(flaw, window));
    }

    @Override
    public synchronized void detach(Device device) throws DeviceException {
        if (devices.get(device.name()) == device) {
            letGo((FlawedDevice) device);
        } else if (flaw == Flaw.THROWS_AT_A_SECOND_DETACH) {
            throw new DeviceException(device + ": is not attached");
        }
    }

    private void letGo(FlawedDevice device) {
        if (device.port != null) {
            ports.remove(device.port);
        }
        if (flaw != Flaw.KEEPS_ITS_WINDOW) {
            mapper.releaseAll(device.windows());
        }
        if (flaw != Flaw.KEEPS_A_FILE_OPEN) {
            linux.close(device.fd);
        }
        devices.remove(device.name(), device);
        device.markDetached();
    }

    synchronized void close() {
        devices.values().forEach(this::letGo);
    }

    @Override
    public void rescan() {
    }

    @Override
    public SigbusVerdict handleSigbus(SigbusFault fault) {
        boolean isOurs = devices.values().stream()
                .anyMatch(device -> device.windows().find(fault.address()).isPresent());
        return isOurs || flaw == Flaw.CLAIMS_EVERY_ADDRESS
                ? SigbusVerdict.REMOVED : SigbusVerdict.NOT_CLAIMED;
    }

    @Override
    public void handleHotUnplug(Device device, RemovalCause cause) throws DeviceException {
        if (flaw == Flaw.TELLS_A_REMOVAL_TWICE) {
            events.publish(DeviceEvent.removed(device, cause, System.nanoTime()));
        }
        if (flaw == Flaw.DOES_NOT_REPLACE_ITS_WINDOW) {
            return;
        }
        try {
            mapper.replace(device.windows());
        } catch (IOException e) {
            throw new DeviceException(device + ": " + e.getMessage(), e);
        }
    }
}
