// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.net.pcap.Place.Kind;
import io.hotbus.netif.InterfaceName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The devargs of the driver, named as in DPDK, and {@code tx_mode}.
 *
 * @param rx       what to receive from, one for each queue ({@code rx_pcap=FILE}, {@code
 *                 rx_iface=NAME}, {@code rx_iface_in=NAME}, {@code iface=NAME})
 * @param tx       what to send to, one for each queue ({@code tx_pcap=FILE}, {@code
 *                 tx_iface=NAME}, {@code iface=NAME})
 * @param infinite whether the files are received again and again ({@code infinite_rx=1})
 * @param mode     what becomes of files to be written that are there ({@code tx_mode=append})
 * @param physicalMac whether the device has the address of its first interface ({@code phy_mac=1})
 */
record PcapArgs(List<Place> rx, List<Place> tx, boolean infinite, TxMode mode,
        boolean physicalMac) {
    private static final Map<String, Kind> RX = Map.of("rx_pcap", Kind.FILE,
            "rx_iface", Kind.INTERFACE, "rx_iface_in", Kind.INCOMING);
    private static final Map<String, Kind> TX =
            Map.of("tx_pcap", Kind.FILE, "tx_iface", Kind.INTERFACE);
    private static final String BOTH = "iface";
    private static final String INFINITE = "infinite_rx";
    private static final String MODE = "tx_mode";
    private static final String PHYSICAL_MAC = "phy_mac";

    static PcapArgs parse(Devargs devargs) throws DeviceException {
        Set<String> repeatable = new HashSet<>(RX.keySet());
        repeatable.addAll(TX.keySet());
        Set<String> known = new HashSet<>(repeatable);
        known.addAll(List.of(BOTH, INFINITE, MODE, PHYSICAL_MAC));
        devargs.allowOnly(known, repeatable);
        List<Place> rx = places(devargs, RX);
        List<Place> tx = places(devargs, TX);
        if (devargs.args().containsKey(BOTH)) {
            Place both = place(devargs, BOTH, Kind.INTERFACE, devargs.get(BOTH, ""));
            requireAlone(devargs, both, rx, tx);
            rx = List.of(both);
            tx = rx;
        }
        return new PcapArgs(rx, tx, devargs.getInt(INFINITE, 0, 0, 1) == 1, mode(devargs),
                devargs.getInt(PHYSICAL_MAC, 0, 0, 1) == 1).checked(devargs.name());
    }

    /** The places of all keys, in the order of the keys. */
    private static List<Place> places(Devargs devargs, Map<String, Kind> keys)
            throws DeviceException {
        List<Place> places = new ArrayList<>();
        for (String key : devargs.args().keySet()) {
            if (keys.containsKey(key)) {
                for (String name : devargs.all(key)) {
                    places.add(place(devargs, key, keys.get(key), name));
                }
            }
        }
        return List.copyOf(places);
    }

    private static Place place(Devargs devargs, String key, Kind kind, String name)
            throws DeviceException {
        if (kind != Kind.FILE) {
            InterfaceName.require(devargs.name(), key, name);
        } else if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new DeviceException("%s: %s= needs the name of a file"
                    .formatted(devargs.name(), key));
        }
        return new Place(kind, name);
    }

    private static void requireAlone(Devargs devargs, Place both, List<Place> rx, List<Place> tx)
            throws DeviceException {
        if (!rx.isEmpty() || !tx.isEmpty()) {
            throw new DeviceException(("%s: iface=%s receives and sends, so nothing else can "
                    + "(instead: rx_iface=%s with tx_..., or tx_iface=%s with rx_...)").formatted(
                    devargs.name(), both, both, both));
        }
    }

    private static TxMode mode(Devargs devargs) throws DeviceException {
        String word = devargs.get(MODE, TxMode.APPEND.word());
        return TxMode.of(word).orElseThrow(() -> new DeviceException(
                "%s: %s=%s: append, truncate or new is needed".formatted(
                        devargs.name(), MODE, word.replaceAll("[^\\x20-\\x7e]", "?"))));
    }

    private PcapArgs checked(String device) throws DeviceException {
        if (rx.isEmpty() && tx.isEmpty()) {
            throw new DeviceException(device + ": no file and no interface is given "
                    + "(rx_pcap=FILE or rx_iface=NAME to receive, tx_pcap=FILE or tx_iface=NAME "
                    + "to send, iface=NAME for both)");
        }
        if (infinite && rx.stream().noneMatch(Place::isFile)) {
            throw new DeviceException(
                    device + ": infinite_rx=1 needs a file to receive from (rx_pcap=FILE)");
        }
        if (physicalMac && all().allMatch(Place::isFile)) {
            throw new DeviceException(
                    device + ": phy_mac=1 needs an interface to take the address of (iface=NAME)");
        }
        return this;
    }

    /** All places, those to receive from first. */
    Stream<Place> all() {
        return Stream.concat(rx.stream(), tx.stream());
    }

    /** The files to receive from. */
    List<Path> filesRead() {
        return rx.stream().filter(Place::isFile).map(Place::path).toList();
    }

    /**
     * Whether the device receives what this host sends on the interface, and sends on it itself.
     */
    boolean wouldHearItself(String netif) {
        return rx.contains(new Place(Kind.INTERFACE, netif))
                && tx.contains(new Place(Kind.INTERFACE, netif));
    }

    /** The same for a device that returns: what it has written before is kept. */
    PcapArgs appending() {
        return new PcapArgs(rx, tx, infinite, TxMode.APPEND, physicalMac);
    }
}
