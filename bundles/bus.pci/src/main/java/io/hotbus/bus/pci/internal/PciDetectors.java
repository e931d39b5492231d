// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciDevice;
import io.hotbus.bus.pci.internal.sysfs.SysfsPci;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.RemovalCause;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates uevents and rescans. Reports attached devices that went, and publishes what happens to
 * all allowed functions. On {@code uevent-monitor}; no method waits for the kernel.
 *
 * <p>Without lambdas: the JVM makes code for each when it is first executed, which would be in the
 * first removal, beside the threads that clean up.
 */
final class PciDetectors {
    private static final Logger LOG = LoggerFactory.getLogger(PciDetectors.class);

    /** The devices that are attached. */
    interface Attached {
        List<LivePciDevice> devices();

        /** See {@code AbstractBus.reportRemoved}. */
        void removed(String name, RemovalCause cause);
    }

    private final SysfsPci sysfs;
    private final KnownFunctions known;
    private final LostFunctions lost;
    private final DeviceEvents events;
    private final Attached attached;

    PciDetectors(SysfsPci sysfs, KnownFunctions known, LostFunctions lost, DeviceEvents events,
            Attached attached) {
        this.sysfs = sysfs;
        this.known = known;
        this.lost = lost;
        this.events = events;
        this.attached = attached;
    }

    /** Records the functions that are there as known, and publishes no event for them. */
    void start() {
        try {
            known.start(sysfs.scan());
        } catch (DeviceException e) {
            LOG.info("no PCI device can be attached: {}", e.getMessage());
        }
    }

    void handle(PciUevent event) {
        switch (event.kind()) {
            case ADDED -> {
                if (known.added(event.address(), sysfs.inode(event.address()))) {
                    publish(DeviceEvent.Kind.ADD, event.address());
                }
            }
            case REMOVED -> removed(event);
            case BOUND -> publishBinding(DeviceEvent.Kind.BIND, event);
            case UNBOUND -> {
                LivePciDevice device = at(event.address());
                if (device != null && device.openedThrough() != KernelDriver.NONE) {
                    report(device, RemovalCause.UEVENT_UNBIND, event,
                            device.heedsUnbind(event.sequence()));
                }
                publishBinding(DeviceEvent.Kind.UNBIND, event);
            }
            case UIO_REMOVED, VFIO_REMOVED -> childRemoved(event);
        }
    }

    private void childRemoved(PciUevent event) {
        LivePciDevice device = at(event.address());
        if (device != null && usesChild(device, event.kind())) {
            report(device, RemovalCause.UEVENT_REMOVE, event,
                    device.heedsUnbind(event.sequence()));
        }
    }

    private static boolean usesChild(LivePciDevice device, PciUevent.Kind kind) {
        return kind == PciUevent.Kind.UIO_REMOVED ? device.usesUio()
                : device.openedThrough() == KernelDriver.VFIO_PCI;
    }

    /**
     * Handles a removal uevent. The kernel takes a function out of {@code bus/pci/devices} before
     * it sends the uevent, so a function that is still there is not gone. If it goes later, the
     * next look notices that.
     */
    private void removed(PciUevent event) {
        LivePciDevice at = at(event.address());
        if (at != null && isInItsSlot(at)) {
            LOG.warn("{}: uevent {} says that it was removed, but it is there: it stays attached",
                    at, event.sequence());
            return;
        }
        known.removed(event.address());
        if (at == null) {
            attached.removed(event.address().toString(), RemovalCause.UEVENT_REMOVE);
        }
        for (LivePciDevice device : attached.devices()) {
            if (goesWith(device, event) && !isInItsSlot(device)) {
                report(device, RemovalCause.UEVENT_REMOVE, event,
                        device.heedsRemoval(event.sequence()));
            }
        }
    }

    /**
     * Whether the device goes with the removed function: it is that function, is behind that
     * bridge, or is a virtual function of it.
     */
    private static boolean goesWith(LivePciDevice device, PciUevent removed) {
        return address(device).equals(removed.address())
                || device.found().devpath().startsWith(removed.devpath() + "/")
                || device.function().physical().equals(Optional.of(removed.address()));
    }

    /**
     * Reports the removal if {@code heeded}: the uevent concerns this stay of the device, not an
     * earlier one.
     */
    private void report(LivePciDevice device, RemovalCause cause, PciUevent event,
            boolean heeded) {
        if (heeded) {
            attached.removed(device.name(), cause);
        } else {
            LOG.debug("{}: uevent {} ({}) tells of what was before", device, event.sequence(),
                    event.kind());
        }
    }

    /**
     * Compares the devices that are attached, and those that were lost, with the functions in
     * sysfs. Called periodically on {@code interrupt}.
     */
    void reconcile() {
        reportThoseThatWent();
        for (PciAddress address : lost.look()) {
            if (at(address) == null) {
                LOG.info("{}: was taken for removed, but it is there", address);
                publish(DeviceEvent.Kind.ADD, address);
            }
        }
    }

    private void reportThoseThatWent() {
        for (LivePciDevice device : attached.devices()) {
            if (!device.isGone() && hasGone(device)) {
                attached.removed(device.name(), RemovalCause.RESCAN);
            }
        }
    }

    /** Compares the functions in sysfs with the known ones. */
    void rescan() throws DeviceException {
        reportThoseThatWent();
        KnownFunctions.Difference difference = known.rescanned(sysfs.scan());
        for (PciAddress address : difference.vanished()) {
            if (at(address) == null) {
                attached.removed(address.toString(), RemovalCause.RESCAN);
            }
        }
        for (PciAddress address : difference.appeared()) {
            publish(DeviceEvent.Kind.ADD, address);
        }
    }

    /**
     * Whether the function is not there, another is in its place, or its kernel driver has changed.
     */
    private boolean hasGone(LivePciDevice device) {
        if (!isInItsSlot(device)) {
            return true;
        }
        KernelDriver driver = device.openedThrough();
        return driver != null && !sysfs.driver(address(device)).equals(driver.bound());
    }

    private boolean isInItsSlot(LivePciDevice device) {
        return sysfs.inode(address(device)).equals(OptionalLong.of(device.found().inode()));
    }

    /** The device at that address; null if there is none. */
    private LivePciDevice at(PciAddress address) {
        for (LivePciDevice device : attached.devices()) {
            if (address(device).equals(address)) {
                return device;
            }
        }
        return null;
    }

    private static PciAddress address(LivePciDevice device) {
        return device.function().address();
    }

    /** Publishes a BIND or UNBIND, unless this bus has caused it by attaching the device. */
    private void publishBinding(DeviceEvent.Kind kind, PciUevent event) {
        LivePciDevice device = at(event.address());
        if (device == null || !device.hasBroughtAbout(event.sequence())) {
            publish(kind, event.address());
        }
    }

    private void publish(DeviceEvent.Kind kind, PciAddress address) {
        events.publish(DeviceEvent.of(kind, PciDevice.BUS, address.toString()));
    }
}
