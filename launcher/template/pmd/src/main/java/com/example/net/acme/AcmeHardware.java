// SPDX-License-Identifier: Apache-2.0
package com.example.net.acme;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The simulated hardware, to be replaced by yours: a page of registers for each device, in a memfd.
 * Truncated to nothing it raises, at the next access by whomever, the very SIGBUS that a real
 * device does when it is pulled out. As a {@code RemovalInjector} it is what the shell's {@code
 * device yank} and {@code device plug}, and the contract tests, pull at.
 *
 * <p>Control threads, but for {@link #look}. Its monitor guards the slots. The bus is never called
 * under it, since the bus comes in here with locks of its own; what the bus is told is kept in
 * order by {@link #telling} instead, under which nobody comes in.
 */
@Component(service = {AcmeHardware.class, RemovalInjector.class})
public final class AcmeHardware implements RemovalInjector {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeHardware.class);
    private static final Duration LOOK = Duration.ofMillis(50);
    /** From a removal until it is told: a kernel takes its time, and an access does not wait. */
    private static final Duration NOTICE = Duration.ofMillis(100);
    private static final int OFF = -1;

    /** A slot: there while its device has power, and after it was pulled out of it. */
    private static final class Place {
        /** The registers of a device that has power. */
        int fd = OFF;
        boolean present = true;
        long emptySince;
        /** Whether the removal was told. */
        boolean told;
    }

    private final Linux linux;
    private final VdevBus bus;
    private final Map<String, Place> places = new TreeMap<>();
    /** Taken before the monitor, never after it. */
    private final Object telling = new Object();
    private final Lease looking;

    @Activate
    public AcmeHardware(@Reference Linux linux, @Reference VdevBus bus,
            @Reference InterruptThread interrupts) {
        this.linux = linux;
        this.bus = bus;
        looking = interrupts.every(LOOK, this::look);
    }

    /** Closing the lease waits for {@link #look}, and so is done under no lock that it takes. */
    @Deactivate
    void deactivate() {
        looking.close();
        synchronized (this) {
            places.values().forEach(place -> linux.close(place.fd));
            places.clear();
        }
    }

    /** Bytes of the registers: a page, the least that can be mapped. */
    long length() {
        return linux.pageSize();
    }

    /**
     * Fresh registers for the device, as after a reset.
     *
     * @return their file, until {@link #powerOff} or {@link #yank}
     * @throws DeviceException it was pulled out and not plugged in again, or there is no memory
     */
    synchronized int powerOn(String name) throws DeviceException {
        Place place = places.getOrDefault(name, new Place());
        if (!place.present) {
            throw new DeviceException(name + ": not plugged in (device plug " + name + ")");
        }
        try {
            place.fd = linux.memfd(name, length());
            ByteBuffer reset =
                    ByteBuffer.allocate(AcmeRegs.LENGTH).order(ByteOrder.nativeOrder());
            linux.write(place.fd, reset.putInt(AcmeRegs.STATUS, AcmeRegs.STATUS_LINK), 0);
        } catch (LinuxException e) {
            linux.close(place.fd);
            throw new DeviceException(name + ": no memory for its registers: " + e.getMessage(), e);
        }
        places.put(name, place);
        return place.fd;
    }

    /** A device that is still there leaves with its slot; a slot it was pulled out of stays. */
    synchronized void powerOff(String name) {
        Place place = places.get(name);
        if (place != null && place.present) {
            linux.close(place.fd);
            places.remove(name);
        }
    }

    @Override
    public synchronized List<Slot> slots() {
        return places.entrySet().stream()
                .map(e -> new Slot(e.getKey(), e.getValue().present)).toList();
    }

    private Place place(String name) throws DeviceException {
        Place place = places.get(name);
        if (place == null) {
            throw new DeviceException("%s: no such slot (there are: %s); attaching makes one"
                    .formatted(name,
                            places.isEmpty() ? "none" : String.join(", ", places.keySet())));
        }
        return place;
    }

    @Override
    public synchronized long yank(String name) throws DeviceException {
        Place place = place(name);
        if (!place.present) {
            throw new DeviceException(name + ": pulled out already (device plug " + name + ")");
        }
        place.emptySince = System.nanoTime();
        try {
            if (place.fd != OFF) {
                linux.truncate(place.fd, 0);
            }
        } catch (LinuxException e) {
            throw new DeviceException(name + ": its memory would not go: " + e.getMessage(), e);
        }
        linux.close(place.fd);
        place.fd = OFF;
        place.present = false;
        place.told = false;
        LOG.info("{}: yanked", name);
        return place.emptySince;
    }

    /** A removal that was not told yet is told first, as a kernel's uevents keep their order. */
    @Override
    public void plug(String name) throws DeviceException {
        synchronized (telling) {
            if (!insert(name)) {
                bus.unplugged(name);
            }
            bus.plugged(name);
        }
    }

    /** Whether the removal before was told. */
    private synchronized boolean insert(String name) throws DeviceException {
        Place place = place(name);
        if (place.present) {
            throw new DeviceException(name + ": plugged in already (device yank " + name + ")");
        }
        place.present = true;
        return place.told;
    }

    /** Tells of removals, as a kernel does by uevents. On {@code interrupt}: must not block. */
    private void look() {
        synchronized (telling) {
            newlyGone().forEach(bus::unplugged);
        }
    }

    private synchronized List<String> newlyGone() {
        long now = System.nanoTime();
        List<String> gone = places.entrySet().stream()
                .filter(e -> !e.getValue().present && !e.getValue().told
                        && now - e.getValue().emptySince > NOTICE.toNanos())
                .map(Map.Entry::getKey).toList();
        gone.forEach(name -> places.get(name).told = true);
        return gone;
    }
}
