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
 * The machine the cards are in, and the hand that pulls them out: everything here is simulated, and
 * with {@link AcmeCard} it is what you replace by your hardware. As a {@code RemovalInjector} it is
 * what the shell's {@code device yank} and {@code device plug}, and the contract tests, pull at.
 *
 * <p>Control threads, but for {@link #look}. Its monitor guards the slots. The bus is never called
 * under it, since the bus comes in here with locks of its own; what the bus is told is kept in
 * order by {@link #telling} instead, under which nobody comes in.
 */
@Component(service = {AcmeRack.class, RemovalInjector.class})
public final class AcmeRack implements RemovalInjector {
    /** Is told what a kernel would tell a bus. */
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
    /** From a removal until it is told: a kernel takes its time, and an access does not wait. */
    private static final Duration NOTICE = Duration.ofMillis(100);

    /** A slot: {@code card} is null while it is empty. */
    private static final class Place {
        AcmeCard card;
        long emptySince;
        /** Whether the removal was told. */
        boolean told;
    }

    private final Linux linux;
    private final Map<String, Place> places = new TreeMap<>();
    /** Taken before the monitor, never after it. */
    private final Object telling = new Object();
    private final Lease looking;
    private int serial;
    private volatile Watcher watcher = Watcher.NOBODY;

    /** With a card in every slot. */
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

    /** Closing the lease waits for {@link #look}, and so is done under no lock that it takes. */
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

    /** Tells {@code next} from now on. */
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

    /** @throws DeviceException no such slot, or nothing in it */
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

    /** A removal that was not told yet is told first, as a kernel's uevents keep their order. */
    @Override
    public void plug(String name) throws DeviceException {
        synchronized (telling) {
            if (!insert(name)) {
                watcher.went(name);
            }
            watcher.came(name);
        }
    }

    /** Whether the removal before was told. */
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

    /** Tells of removals, as a kernel does by uevents. On {@code interrupt}: must not block. */
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
