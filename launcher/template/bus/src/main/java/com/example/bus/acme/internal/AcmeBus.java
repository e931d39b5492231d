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
 * come and go, and a removal in the middle of anything. Left to say here is what only this bus
 * knows: which names are its cards, how a card is opened, and who tells that one came or went.
 *
 * <p>It is three services in one, and that is what makes it survive its cards:
 * <ul>
 * <li>{@code Bus}: attach and detach;
 * <li>{@code SigbusHandler}: asked, after a fault was repaired, whether the address is in a window
 * of one of our cards. {@code AbstractBus} looks through the windows, so each must be mapped by
 * {@code MmioMapper}, which also puts it under the protection of the SIGBUS handler;
 * <li>{@code BusHotplugHandler}: called once for each removal, whoever noticed it, to replace the
 * card's other windows. Override {@code handleHotUnplug} if there is more to let go of.
 * </ul>
 *
 * <p>{@code @Component} makes it these services once all it needs is there; {@code @ProvidesBus}
 * says in the manifest what is in this bundle, for those who look for a bus to install.
 */
@Component(
        service = {Bus.class, BusHotplugHandler.class, SigbusHandler.class, AcmeBus.class},
        property = BusHotplugHandler.BUS + "=" + AcmeDevice.BUS)
@ProvidesBus(AcmeDevice.BUS)
public final class AcmeBus extends AbstractBus<AcmeDevice, AcmeDriver>
        implements AcmeRack.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeBus.class);

    private final AcmeRack rack;

    /** The services it cannot do without; when one of them goes, so does this bus, in order. */
    @Activate
    public AcmeBus(@Reference HotUnplug hotUnplug, @Reference DeviceEvents events,
            @Reference MmioMapper mapper, @Reference ControlThread control,
            @Reference AcmeRack rack) {
        super(AcmeDevice.BUS, AcmeDevice.class,
                new BusServices(hotUnplug, events, mapper, control));
        this.rack = rack;
        rack.watch(this);
    }

    /** In reverse. All drivers let go of their cards, and the windows are withdrawn. */
    @Deactivate
    void deactivate() {
        rack.watch(AcmeRack.Watcher.NOBODY);
        closeBus();
    }

    // ---- which devices are ours ----

    /** By {@code acme:} in front of it, or by the name of one of our slots. Must not wait. */
    @Override
    public boolean claims(Devargs devargs) {
        return devargs.bus().map(AcmeDevice.BUS::equals)
                .orElseGet(() -> rack.isSlot(devargs.name()));
    }

    /** Looks, but does not touch: nothing is open yet. */
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
     * Maps the card's registers. Protected by the SIGBUS handler before {@code map} returns, so the
     * card may go from here on. Nothing to undo when it throws: {@code close} is called in any
     * case, and {@code AbstractBus} unmaps what was mapped.
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

    /** On whichever thread noticed; an application that wants the card attaches it. */
    @Override
    public void came(String card) {
        LOG.info("{}: plugged in", card);
        services().events().publish(
                DeviceEvent.of(DeviceEvent.Kind.ADD, AcmeDevice.BUS, card));
    }

    /** Usually late: an access to the card has noticed before. The first report counts. */
    @Override
    public void went(String card) {
        reportRemoved(card, RemovalCause.UEVENT_REMOVE);
    }

    /** Asked for when notices were lost: compares what we believe with what is there. */
    @Override
    public void rescan() {
        for (AcmeDevice device : devices()) {
            if (!rack.isPresent(device.name())) {
                reportRemoved(device.name(), RemovalCause.RESCAN);
            }
        }
    }
}
