// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
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
 * Simulates the machine with the slots of the cards. Replace this class and {@link AcmeCard} by
 * your hardware. As a {@code RemovalInjector} it also serves the shell's {@code device yank} and
 * {@code device plug}, and the contract tests.
 *
 * <p>Control threads, except for {@link #look}. The monitor guards the slots. This class never
 * calls the bus under the monitor, since the bus calls this class under its own locks. Instead
 * {@link #telling} keeps the calls to the bus in order; the bus never waits for {@code telling}.
 */
@Component(service = {AcmeRack.class, RemovalInjector.class})
public final class AcmeRack implements RemovalInjector {
    /** Receives the reports that a kernel would send to a bus. */
    interface Watcher {
        Watcher NOBODY = new Watcher() {
            @Override
            public void came(String card) {
            }

            @Override
            public void went(String card) {
            }
        };

        void came(String card);

        void went(String card);
    }

    private static final Logger LOG = LoggerFactory.getLogger(AcmeRack.class);
    private static final int SLOTS = 2;
    private static final Duration LOOK = Duration.ofMillis(50);
    /** The delay from a removal to its report, as with a kernel. An access may notice before. */
    private static final Duration NOTICE =
            Duration.ofMillis(Integer.getInteger("acme.notice.ms", 100));

    /** A slot: {@code card} is null while it is empty. */
    private static final class Place {
        AcmeCard card;
        long emptySince;
        /** Whether the removal was reported. */
        boolean told;
    }

    private final Linux linux;
    private final Map<String, Place> places = new TreeMap<>();
    /** Taken before the monitor, never after it. */
    private final Object telling = new Object();
    private final Lease looking;
    private int serial;
    private volatile Watcher watcher = Watcher.NOBODY;

    /** Creates the slots, each with a card. */
    @Activate
    public AcmeRack(@Reference Linux linux, @Reference InterruptThread interrupts)
            throws LinuxException {
        this.linux = linux;
        for (int n = 0; n < SLOTS; n++) {
            places.put("acme" + n, new Place());
        }
        for (Map.Entry<String, Place> place : places.entrySet()) {
            place.getValue().card = new AcmeCard(linux, place.getKey(), ++serial);
        }
        looking = interrupts.every(LOOK, this::look);
    }

    /** Ends the simulation. Closes the lease without a lock, since that waits for {@link #look}. */
    @Deactivate
    void deactivate() throws LinuxException {
        looking.close();
        synchronized (this) {
            for (Place place : places.values()) {
                if (place.card != null) {
                    place.card.vanish();
                    place.card = null;
                }
            }
        }
    }

    /** Reports to {@code next} from now on. */
    void watch(Watcher next) {
        watcher = next;
    }

    /** Whether there is a slot of that name, with or without a card. */
    boolean isSlot(String name) {
        return places.containsKey(name);
    }

    synchronized boolean isPresent(String name) {
        return isSlot(name) && places.get(name).card != null;
    }

    /**
     * The card in a slot.
     *
     * @throws DeviceException there is no such slot, or the slot is empty
     */
    synchronized AcmeCard card(String name) throws DeviceException {
        AcmeCard card = place(name).card;
        if (card == null) {
            throw new DeviceException(name + ": not plugged in (device plug " + name + ")");
        }
        return card;
    }

    private Place place(String name) throws DeviceException {
        Place place = places.get(name);
        if (place == null) {
            throw new DeviceException("%s: no such slot (there are: %s)"
                    .formatted(name, String.join(", ", places.keySet())));
        }
        return place;
    }

    @Override
    public synchronized List<Slot> slots() {
        return places.entrySet().stream()
                .map(e -> new Slot(e.getKey(), e.getValue().card != null)).toList();
    }

    @Override
    public synchronized long yank(String name) throws DeviceException {
        AcmeCard card = card(name);
        Place place = place(name);
        try {
            place.emptySince = card.vanish();
        } catch (LinuxException e) {
            throw new DeviceException(name + ": its memory would not go: " + e.getMessage(), e);
        }
        place.card = null;
        place.told = false;
        LOG.info("{}: yanked", name);
        return place.emptySince;
    }

    /** Plugs a card in. Reports an earlier removal first, as a kernel keeps uevents in order. */
    @Override
    public void plug(String name) throws DeviceException {
        synchronized (telling) {
            if (!insert(name)) {
                watcher.went(name);
            }
            watcher.came(name);
        }
    }

    /** Puts a card in; returns whether the removal before was reported. */
    private synchronized boolean insert(String name) throws DeviceException {
        Place place = place(name);
        if (place.card != null) {
            throw new DeviceException(name + ": plugged in already (device yank " + name + ")");
        }
        try {
            place.card = new AcmeCard(linux, name, ++serial);
        } catch (LinuxException e) {
            throw new DeviceException(name + ": no memory for it: " + e.getMessage(), e);
        }
        return place.told;
    }

    /** Reports removals, as a kernel does by uevents. On {@code interrupt}: must not block. */
    private void look() {
        synchronized (telling) {
            newlyGone().forEach(name -> watcher.went(name));
        }
    }

    private synchronized List<String> newlyGone() {
        long now = System.nanoTime();
        List<String> gone = places.entrySet().stream()
                .filter(e -> e.getValue().card == null && !e.getValue().told
                        && now - e.getValue().emptySince > NOTICE.toNanos())
                .map(Map.Entry::getKey).toList();
        gone.forEach(name -> places.get(name).told = true);
        return gone;
    }
}
