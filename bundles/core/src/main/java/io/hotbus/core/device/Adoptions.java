// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.device;

import io.hotbus.core.device.Expectation.Place;
import io.hotbus.core.plugin.PlugIn;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceAdopter;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.thread.ControlThread;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of {@link ExpectedDevices} that adopters want. An adopter is called on {@code
 * control} when its device is away and an event says that the device is there. A failed attempt is
 * repeated a few times.
 *
 * <p>While a bus is away, no event reports a device that returns to it. So the next bus of that
 * name is told to expect the devices that are away. Any thread.
 */
final class Adoptions {
    private static final Logger LOG = LoggerFactory.getLogger(Adoptions.class);
    private static final int ATTEMPTS = 5;
    private static final long FIRST_DELAY_MILLIS = 50;

    private final Buses buses;
    private final ControlThread control;
    private final BiConsumer<String, Devargs> expectOnBus;
    private final List<Expectation> expectations = new CopyOnWriteArrayList<>();

    /** {@code expectOnBus} tells the bus of that name to attach a device by itself. */
    Adoptions(Buses buses, ControlThread control, BiConsumer<String, Devargs> expectOnBus) {
        this.buses = buses;
        this.control = control;
        this.expectOnBus = expectOnBus;
    }

    Expectation add(Devargs devargs, DeviceAdopter adopter) {
        Expectation expectation = new Expectation(this, devargs, adopter);
        refresh(expectation);
        expectations.add(expectation);
        return expectation;
    }

    void end(Expectation expectation) {
        expectations.remove(expectation);
    }

    /** Adopts the device on {@code control}, if the device is due by then. */
    void check(Expectation expectation) {
        control.execute(expectation, () -> {
            refresh(expectation);
            adopt(expectation);
        });
    }

    void attached(Device device) {
        for (Expectation expectation : expectations) {
            locate(expectation);
            if (isAt(expectation, device.busName(), device.name())) {
                expectation.attached(device);
                // Only events that arrive after this task concern the time after the attach.
                control.execute(expectation, () -> expectation.settled(device));
            }
        }
    }

    void detached(Device device, boolean gone) {
        for (Expectation expectation : expectations) {
            if (gone && isAt(expectation, device.busName(), device.name())) {
                expectation.detachedGone(device);
            }
            if (expectation.isDue()) {
                control.execute(expectation, () -> adopt(expectation));
            }
        }
    }

    /** Passes the event to the expectations. Returns whether an adopter attaches the device now. */
    boolean told(DeviceEvent event) {
        boolean adopted = false;
        if (event.kind() == DeviceEvent.Kind.FAULT) {
            return false;
        }
        for (Expectation expectation : expectations) {
            locate(expectation);
            if (isAt(expectation, event.bus(), event.name())) {
                refresh(expectation);
                if (expectation.told(event) && expectation.ready()) {
                    control.execute(expectation, () -> adopt(expectation));
                    adopted = true;
                }
            }
        }
        return adopted;
    }

    /** Tells the bus to expect the devices that are away. */
    void busAdded(String bus) {
        if (!expectations.isEmpty()) {
            control.execute(this, () -> expectations.forEach(expectation -> {
                locate(expectation);
                expectation.place().filter(place -> place.bus().equals(bus)
                        && expectation.isAway() && expectation.ready()
                        && attachedDevice(place).isEmpty())
                        .ifPresent(place -> expectOnBus.accept(bus, expectation.devargs()));
            }));
        }
    }

    private static boolean isAt(Expectation expectation, String bus, String name) {
        return expectation.place().filter(place -> place.is(bus, name)).isPresent();
    }

    /** Asks the buses which of them claims the device, unless that is known already. */
    private void locate(Expectation expectation) {
        if (expectation.place().isPresent()) {
            return;
        }
        Devargs devargs = expectation.devargs();
        buses.forEach("asking whether it knows " + devargs, bus -> {
            if (expectation.place().isEmpty() && bus.name().equals(devargs.bus()
                    .orElse(bus.name())) && bus.claims(devargs)) {
                expectation.setPlace(new Place(bus.name(), bus.nameOf(devargs)));
            }
        });
    }

    /** Notes the device if a bus has attached it by itself. */
    private void refresh(Expectation expectation) {
        locate(expectation);
        expectation.place().flatMap(this::attachedDevice)
                .filter(device -> device.state() != DeviceState.PROBING)
                .ifPresent(expectation::attached);
    }

    /** The device that is attached, or that was removed but is not detached yet. */
    private Optional<Device> attachedDevice(Place place) {
        for (PlugIn<Bus> bus : buses.named(place.bus())) {
            Optional<? extends Device> found = bus.call(b -> b.devices().stream()
                    .filter(device -> device.name().equals(place.name())
                            && device.state() != DeviceState.FOUND).findFirst().orElse(null));
            if (found.isPresent()) {
                return Optional.of(found.get());
            }
        }
        return Optional.empty();
    }

    /** Calls the adopter, if the device is still due. On {@code control}. */
    private void adopt(Expectation expectation) {
        if (!expectations.contains(expectation) || !expectation.isDue() || !expectation.ready()
                || expectation.place().flatMap(this::attachedDevice).isPresent()) {
            return;
        }
        try {
            expectation.adopt();
        } catch (DeviceException e) {
            failed(expectation, e);
        }
    }

    private void failed(Expectation expectation, DeviceException reason) {
        int attempt = expectation.failed();
        if (attempt < ATTEMPTS) {
            long delay = FIRST_DELAY_MILLIS << attempt - 1;
            LOG.warn("{}: not attached again at attempt {}, next in {} ms: {}", expectation,
                    attempt, delay, reason.getMessage());
            Executor later = CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS,
                    Runnable::run);
            later.execute(() -> control.execute(expectation, () -> {
                // A new series of attempts may have begun since.
                if (expectation.isAt(attempt)) {
                    adopt(expectation);
                }
            }));
            return;
        }
        expectation.giveUp(attempt, reason);
        // The driver of the device may be away and return.
        expectation.place().ifPresent(
                place -> expectOnBus.accept(place.bus(), expectation.devargs()));
    }
}
