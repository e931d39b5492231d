// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

import com.example.bus.acme.AcmeDevice;
import com.example.bus.acme.AcmeDriver;
import io.hotbus.bus.AbstractBus;
import io.hotbus.bus.BusServices;
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
import java.io.IOException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acme bus. {@link AbstractBus} does what all buses have in common: locks, states, drivers that
 * come and go, and removals at any moment. This class adds what only this bus knows: the names of
 * its cards, how to open a card, and the source of arrivals and removals.
 *
 * <p>The bus provides three services, and with these it survives the removal of its cards:
 * <ul>
 * <li>{@code Bus}: attaches and detaches devices;
 * <li>{@code SigbusHandler}: tells, after a fault was repaired, whether the address is in a window
 * of one of our cards. {@code AbstractBus} searches the windows, so map each window by {@code
 * MmioMapper}, which also puts the window under the protection of the SIGBUS handler;
 * <li>{@code BusHotplugHandler}: called once for each removal, however it was noticed, to replace
 * the other windows of the card. Override {@code handleHotUnplug} if there is more to release.
 * </ul>
 *
 * <p>{@code @Component} registers these services once the required services are present.
 * {@code @ProvidesBus} names the bus in the manifest, so that users find the bundle to install.
 */
@Component(
        service = {Bus.class, BusHotplugHandler.class, SigbusHandler.class, AcmeBus.class},
        property = BusHotplugHandler.BUS + "=" + AcmeDevice.BUS)
@ProvidesBus(AcmeDevice.BUS)
public final class AcmeBus extends AbstractBus<AcmeDevice, AcmeDriver>
        implements AcmeRack.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeBus.class);

    private final AcmeRack rack;

    /** Starts the bus with the services it requires. The bus stops when one of them goes. */
    @Activate
    public AcmeBus(@Reference HotUnplug hotUnplug, @Reference DeviceEvents events,
            @Reference MmioMapper mapper, @Reference ControlThread control,
            @Reference AcmeRack rack) {
        super(AcmeDevice.BUS, AcmeDevice.class,
                new BusServices(hotUnplug, events, mapper, control));
        this.rack = rack;
        rack.watch(this);
    }

    /** Stops the bus: all drivers release their cards, and the windows are withdrawn. */
    @Deactivate
    void deactivate() {
        rack.watch(AcmeRack.Watcher.NOBODY);
        closeBus();
    }

    // ---- which devices are ours ----

    /** Claims devargs that begin with {@code acme:} or name one of our slots. Must not wait. */
    @Override
    public boolean claims(Devargs devargs) {
        return devargs.bus().map(AcmeDevice.BUS::equals)
                .orElseGet(() -> rack.isSlot(devargs.name()));
    }

    /** Creates a device without access to the card, which is not open yet. */
    @Override
    protected AcmeDevice newDevice(Devargs devargs) throws DeviceException {
        return new AcmeDevice(devargs, rack.card(devargs.name()).model());
    }

    @Override
    protected int match(AcmeDriver driver, AcmeDevice device) {
        return driver.model().equals(device.model()) ? 1 : 0;
    }

    @Override
    protected String noDriver(AcmeDevice device, String installed) {
        return "%s: no driver for a card of model %s (installed: %s)"
                .formatted(device.name(), device.model(), installed);
    }

    // ---- a device is opened, probed, removed and closed, in this order, under its lock ----

    /**
     * Maps the registers of the card. The SIGBUS handler protects them before {@code map} returns,
     * so the card may go from here on. There is nothing to undo if this throws: {@code close} is
     * always called, and {@code AbstractBus} unmaps the windows.
     */
    @Override
    protected void open(AcmeDevice device) throws DeviceException {
        AcmeCard card = rack.card(device.name());
        try {
            device.opened(card.map(services().mapper(), device.windows()));
        } catch (IOException e) {
            throw new DeviceException("%s: cannot map its registers: %s"
                    .formatted(device.name(), e.getMessage()), e);
        }
    }

    @Override
    protected void probe(AcmeDriver driver, AcmeDevice device) throws DeviceException {
        driver.probe(device);
    }

    @Override
    protected void remove(AcmeDriver driver, AcmeDevice device) throws DeviceException {
        driver.remove(device);
    }

    // ---- a card came or went: what the kernel's uevents tell a bus of real hardware ----

    /** Publishes ADD, on the noticing thread; an application that wants the card attaches it. */
    @Override
    public void came(String card) {
        LOG.info("{}: plugged in", card);
        services().events().publish(
                DeviceEvent.of(DeviceEvent.Kind.ADD, AcmeDevice.BUS, card));
    }

    /** Reports a removal. An access to the card often notices before; the first report counts. */
    @Override
    public void went(String card) {
        reportRemoved(card, RemovalCause.UEVENT_REMOVE);
    }

    /** Compares the devices with the present cards. Called when notices may have been lost. */
    @Override
    public void rescan() {
        for (AcmeDevice device : devices()) {
            if (!rack.isPresent(device.name())) {
                reportRemoved(device.name(), RemovalCause.RESCAN);
            }
        }
    }
}
