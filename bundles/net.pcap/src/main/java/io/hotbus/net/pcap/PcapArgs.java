// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The devargs of the driver, named as in DPDK, and {@code tx_mode}.
 *
 * @param rx       the files to receive from, one for each queue ({@code rx_pcap=FILE})
 * @param tx       the files to write, one for each queue ({@code tx_pcap=FILE})
 * @param infinite whether the files are received again and again ({@code infinite_rx=1})
 * @param mode     what becomes of files to be written that are there ({@code tx_mode=append})
 */
record PcapArgs(List<Path> rx, List<Path> tx, boolean infinite, TxMode mode) {
    private static final String RX_FILE = "rx_pcap";
    private static final String TX_FILE = "tx_pcap";
    private static final String INFINITE = "infinite_rx";
    private static final String MODE = "tx_mode";
    private static final String PHYSICAL_MAC = "phy_mac";
    private static final Set<String> LIVE =
            Set.of("rx_iface", "rx_iface_in", "tx_iface", "iface", PHYSICAL_MAC);
    private static final Set<String> KNOWN = Set.of(RX_FILE, TX_FILE, INFINITE, MODE, "rx_iface",
            "rx_iface_in", "tx_iface", "iface", PHYSICAL_MAC);
    private static final Set<String> REPEATABLE =
            Set.of(RX_FILE, TX_FILE, "rx_iface", "rx_iface_in", "tx_iface");

    static PcapArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(KNOWN, REPEATABLE);
        for (String key : devargs.args().keySet()) {
            if (LIVE.contains(key)) {
                throw new DeviceException(("%s: %s: live interfaces are not supported yet (files "
                        + "are: rx_pcap=FILE, tx_pcap=FILE)").formatted(devargs.name(), key));
            }
        }
        List<Path> rx = files(devargs, RX_FILE);
        List<Path> tx = files(devargs, TX_FILE);
        boolean infinite = devargs.getInt(INFINITE, 0, 0, 1) == 1;
        if (rx.isEmpty() && tx.isEmpty()) {
            throw new DeviceException(devargs.name()
                    + ": no file is given (rx_pcap=FILE to receive, tx_pcap=FILE to write)");
        }
        if (rx.isEmpty() && infinite) {
            throw new DeviceException(
                    devargs.name() + ": infinite_rx=1 needs a file to receive from (rx_pcap=FILE)");
        }
        String word = devargs.get(MODE, TxMode.APPEND.word());
        TxMode mode = TxMode.of(word).orElseThrow(() -> new DeviceException(
                "%s: %s=%s: append, truncate or new is needed".formatted(
                        devargs.name(), MODE, word.replaceAll("[^\\x20-\\x7e]", "?"))));
        return new PcapArgs(rx, tx, infinite, mode);
    }

    private static List<Path> files(Devargs devargs, String key) throws DeviceException {
        List<Path> files = new ArrayList<>();
        for (String text : devargs.all(key)) {
            if (text.isEmpty() || text.indexOf('\0') >= 0) {
                throw new DeviceException("%s: %s= needs the name of a file"
                        .formatted(devargs.name(), key));
            }
            files.add(Path.of(text));
        }
        return List.copyOf(files);
    }

    /** The same for a device that returns: what it has written before is kept. */
    PcapArgs appending() {
        return new PcapArgs(rx, tx, infinite, TxMode.APPEND);
    }
}
