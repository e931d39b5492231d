// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.bus.AbstractBus;
import io.hotbus.bus.BusServices;
import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.bus.vdev.VdevDevice;
import io.hotbus.bus.vdev.VdevDriver;
import io.hotbus.eal.annotation.ProvidesBus;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.BusHotplugHandler;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusHandler;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.thread.ControlThread;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus of virtual devices. A device exists from attach to detach, and its name tells which
 * driver drives it.
 */
@Component(service = {
        Bus.class, BusHotplugHandler.class, SigbusHandler.class, VdevBus.class, Vdev.class},
        property = BusHotplugHandler.BUS + "=" + VdevDevice.BUS)
@ProvidesBus(VdevDevice.BUS)
public final class Vdev extends AbstractBus<VdevDevice, VdevDriver> implements VdevBus {
    private static final Logger LOG = LoggerFactory.getLogger(Vdev.class);

    @Activate
    public Vdev(@Reference HotUnplug hotUnplug, @Reference DeviceEvents events,
            @Reference MmioMapper mapper, @Reference ControlThread control) {
        super(VdevDevice.BUS, VdevDevice.class,
                new BusServices(hotUnplug, events, mapper, control));
    }

    @Deactivate
    void deactivate() {
        closeBus();
    }

    /**
     * Claims names like {@code net_foo0} even if no such driver is installed, because attach can
     * give the better message.
     */
    @Override
    public boolean claims(Devargs devargs) {
        return devargs.bus().map(VdevDevice.BUS::equals).orElseGet(() ->
                VdevName.isVdevName(devargs.name())
                        || bestDriver(newDevice(devargs)).isPresent());
    }

    @Override
    public Optional<String> lacks(Devargs devargs) {
        return lackOf(newDevice(devargs), devargs);
    }

    @Override
    protected VdevDevice newDevice(Devargs devargs) {
        return new VdevDevice(devargs);
    }

    /** Prefers the longest name: {@code net_x1} drives {@code net_x12}, {@code net_x} does not. */
    @Override
    protected int match(VdevDriver driver, VdevDevice device) {
        return VdevName.isOf(device.name(), driver.name()) ? driver.name().length() : 0;
    }

    @Override
    protected String noDriver(VdevDevice device, String installed) {
        String name = device.name();
        String wanted = VdevName.driverPart(name);
        return wanted.equals(name)
                ? "%s: a number is missing at the end of the name (%s0)".formatted(name, name)
                : "%s: no vdev driver '%s' (installed: %s)".formatted(name, wanted, installed);
    }

    @Override
    protected void probe(VdevDriver driver, VdevDevice device) throws DeviceException {
        boolean probed = false;
        try {
            driver.probe(device);
            probed = true;
        } finally {
            if (!probed) {
                warnOfLeftovers(driver, device);
            }
        }
    }

    @Override
    protected void remove(VdevDriver driver, VdevDevice device) throws DeviceException {
        driver.remove(device);
        warnOfLeftovers(driver, device);
    }

    @Override
    protected Optional<VdevDevice> away(Devargs devargs) {
        return Optional.of(newDevice(devargs));
    }

    @Override
    protected void awaitReturn(VdevDriver driver, VdevDevice device) throws DeviceException {
        driver.awaitReturn(device.devargs());
    }

    /** Warns of windows that the driver left mapped. Only the driver maps and releases them. */
    private static void warnOfLeftovers(VdevDriver driver, VdevDevice device) {
        if (!device.windows().list().isEmpty()) {
            LOG.warn("{}: driver {} left windows mapped, releasing them: {}", device,
                    driver.name(), device.windows().list());
        }
    }

    /** Does nothing: a virtual device is on the bus only because it was attached by devargs. */
    @Override
    public void rescan() {
    }

    @Override
    public void plugged(String name) {
        LOG.info("{}: plugged in", name);
        services().events().publish(
                DeviceEvent.of(DeviceEvent.Kind.ADD, VdevDevice.BUS, name));
    }

    @Override
    public void unplugged(String name) {
        reportRemoved(name, RemovalCause.UEVENT_REMOVE);
    }
}
