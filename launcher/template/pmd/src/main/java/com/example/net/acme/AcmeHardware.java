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
 * Simulates the hardware: a page of registers for each device, in a memfd. Replace this class by
 * your hardware. After the memfd is truncated to 0 bytes, the next access by any thread raises the
 * same SIGBUS as a real device that is pulled out. As a {@code RemovalInjector} this class also
 * serves the shell's {@code device yank} and {@code device plug}, and the contract tests.
 *
 * <p>Control threads, except for {@link #look}. The monitor guards the slots. This class never
 * calls the bus under the monitor, since the bus calls this class under its own locks. Instead
 * {@link #telling} keeps the calls to the bus in order; the bus never waits for {@code telling}.
 */
@Component(service = {AcmeHardware.class, RemovalInjector.class})
public final class AcmeHardware implements RemovalInjector {
    private static final Logger LOG = LoggerFactory.getLogger(AcmeHardware.class);
    private static final Duration LOOK = Duration.ofMillis(50);
    /** The delay from a removal to its report, as with a kernel. An access may notice before. */
    private static final Duration NOTICE =
            Duration.ofMillis(Integer.getInteger("acme.notice.ms", 100));
    private static final int OFF = -1;

    /** A slot. It exists while its device has power, and after the device was pulled out. */
    private static final class Place {
        /** The registers of a device that has power. */
        int fd = OFF;
        boolean present = true;
        long emptySince;
        /** Whether the removal was reported. */
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

    /** Ends the simulation. Closes the lease without a lock, since that waits for {@link #look}. */
    @Deactivate
    void deactivate() {
        looking.close();
        synchronized (this) {
            places.values().forEach(place -> linux.close(place.fd));
            places.clear();
        }
    }

    /** The length of the registers in bytes: a page, the smallest mapping. */
    long length() {
        return linux.pageSize();
    }

    /**
     * Creates new registers for the device, as after a reset.
     *
     * @return the file of the registers, valid until {@link #powerOff} or {@link #yank}
     * @throws DeviceException the device was pulled out, or there is no memory
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

    /** Removes a device that is still present and its slot; keeps the slot after a pull-out. */
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

    /** Plugs the device in. Reports an earlier removal first, as a kernel orders its uevents. */
    @Override
    public void plug(String name) throws DeviceException {
        synchronized (telling) {
            if (!insert(name)) {
                bus.unplugged(name);
            }
            bus.plugged(name);
        }
    }

    /** Puts the device in; returns whether the removal before was reported. */
    private synchronized boolean insert(String name) throws DeviceException {
        Place place = place(name);
        if (place.present) {
            throw new DeviceException(name + ": plugged in already (device yank " + name + ")");
        }
        place.present = true;
        return place.told;
    }

    /** Reports removals, as a kernel does by uevents. On {@code interrupt}: must not block. */
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
