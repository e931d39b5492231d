// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.hotplug;

import io.hotbus.eal.bus.Device;
import java.util.Objects;
import java.util.Optional;

/**
 * An event of a device.
 *
 * @param kind      what happened
 * @param bus       the name of its bus
 * @param name      the device's name
 * @param device    the device, if the bus has it
 * @param cause     for REMOVE: the detector that noticed first
 * @param fault     for FAULT: the repaired access
 * @param timeNanos when it was noticed, on the clock of {@link System#nanoTime}
 */
public record DeviceEvent(Kind kind, String bus, String name, Optional<Device> device,
        Optional<RemovalCause> cause, Optional<SigbusFault> fault, long timeNanos) {
    /** The kinds of events. */
    public enum Kind {
        /** The device is there and may be attached. */
        ADD,
        /** The device is gone; its memory reads as the windows' fill. */
        REMOVE,
        /** A kernel driver took the device. */
        BIND,
        /** A kernel driver released the device. */
        UNBIND,
        /** An access to the device's memory faulted and was repaired. */
        FAULT
    }

    public DeviceEvent {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(bus);
        Objects.requireNonNull(name);
    }

    /** ADD, BIND or UNBIND of the device {@code name}, now. */
    public static DeviceEvent of(Kind kind, String bus, String name) {
        return new DeviceEvent(kind, bus, name, Optional.empty(), Optional.empty(),
                Optional.empty(), System.nanoTime());
    }

    /** REMOVE of {@code device}, noticed at {@code timeNanos}. */
    public static DeviceEvent removed(Device device, RemovalCause cause, long timeNanos) {
        return new DeviceEvent(Kind.REMOVE, device.busName(), device.name(), Optional.of(device),
                Optional.of(cause), Optional.empty(), timeNanos);
    }

    /** FAULT in a window of {@code device}. */
    public static DeviceEvent fault(Device device, SigbusFault fault) {
        return new DeviceEvent(Kind.FAULT, device.busName(), device.name(), Optional.of(device),
                Optional.empty(), Optional.of(fault), fault.timeNanos());
    }
}
