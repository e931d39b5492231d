// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.config.WholeNumber;
import io.hotbus.ethdev.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the options that say how packets are forwarded: the first {@link FwdConfig}. */
final class ForwardOptions {
    static final Set<String> NAMES = Set.of("-l", "--nb-cores", "--coremask", "--nb-ports",
            "--portlist", "--portmask", "--port-topology", "--rxq", "--txq", "--rxd", "--txd",
            "--burst", "--flush-rx", "--no-flush-rx", "--txpkts", "--txonly-multi-flow", "--tx-ip",
            "--tx-udp", "--flowgen-flows", "--flowgen-clones", "--noisy-tx-sw-buffer-size",
            "--noisy-tx-sw-buffer-flushtime", "--noisy-lkup-memory", "--noisy-lkup-num-writes",
            "--noisy-lkup-num-reads", "--noisy-lkup-num-reads-writes", "--eth-peer");
    private static final int MAX_PORT = 1023;
    private static final int MAX_NOISE = 65535;
    private static final int MAX_LOOKUP_MIB = 16383;

    private final Arguments given;

    private ForwardOptions(Arguments given) {
        this.given = given;
    }

    /** @throws UsageException an option is wrong; the message says which and why */
    static FwdConfig parse(Arguments given) throws UsageException {
        return new ForwardOptions(given).config();
    }

    private FwdConfig config() throws UsageException {
        List<Integer> lcores = lcores();
        if (given.flag("--flush-rx") && given.flag("--no-flush-rx")) {
            throw new UsageException("--flush-rx and --no-flush-rx exclude each other");
        }
        int burst = given.number("--burst", FwdConfig.DEFAULT.burst(), 0, FwdConfig.MAX_BURST);
        return new FwdConfig(lcores, given.number("--nb-cores", Math.max(1, lcores.size()), 1,
                        lcores.isEmpty() ? IdList.MAX_CPU : lcores.size()),
                ports(), topology(), queues(), burst, given.flag("--flush-rx"), 0, frames(),
                given.number("--flowgen-flows", FwdConfig.DEFAULT_FLOWS, 1, Integer.MAX_VALUE),
                given.number("--flowgen-clones", 0, 0,
                        (burst == 0 ? FwdConfig.MAX_BURST : burst) - 1), noise(), peers());
    }

    private List<Integer> lcores() throws UsageException {
        List<Integer> all = list("-l", "CPU numbers", IdList.MAX_CPU).stream().sorted().toList();
        List<Integer> masked = mask("--coremask", "CPUs");
        for (int cpu : masked) {
            if (!all.isEmpty() && !all.contains(cpu)) {
                throw new UsageException("--coremask: CPU %s is not among those of -l: %s"
                        .formatted(cpu, all));
            }
        }
        return masked.isEmpty() ? all : masked;
    }

    private List<Integer> ports() throws UsageException {
        List<Integer> ports = list("--portlist", "port numbers", MAX_PORT);
        if (ports.isEmpty()) {
            ports = mask("--portmask", "ports");
        }
        int count = given.number("--nb-ports", 0, 1, MAX_PORT + 1);
        if (count == 0) {
            return ports;
        }
        List<Integer> first = ports.isEmpty() ? IdList.upTo(count) : ports;
        if (first.size() < count) {
            throw new UsageException("--nb-ports %s: only %s are named".formatted(count, first));
        }
        return first.subList(0, count);
    }

    private Topology topology() throws UsageException {
        String word = given.value("--port-topology").orElse("paired");
        for (Topology topology : Topology.values()) {
            if (topology.name().toLowerCase(Locale.ROOT).equals(word)) {
                return topology;
            }
        }
        throw new UsageException("--port-topology %s: paired, chained or loop is needed"
                .formatted(word));
    }

    private QueueSetup queues() throws UsageException {
        int rx = given.number("--rxq", 1, 1, QueueSetup.MAX_QUEUES);
        return new QueueSetup(rx, given.number("--txq", rx, 1, QueueSetup.MAX_QUEUES),
                powerOfTwo("--rxd"), powerOfTwo("--txd"));
    }

    private int powerOfTwo(String name) throws UsageException {
        int descriptors = given.number(name, QueueSetup.DEFAULT.rxDescriptors(),
                QueueSetup.MIN_DESCRIPTORS, QueueSetup.MAX_DESCRIPTORS);
        if (Integer.bitCount(descriptors) != 1) {
            throw new UsageException(
                    "%s %s: a power of two is needed".formatted(name, descriptors));
        }
        return descriptors;
    }

    private TxFrames frames() throws UsageException {
        TxFrames usual = TxFrames.DEFAULT;
        List<Integer> addresses = addresses();
        List<Integer> ports = numbers("--tx-udp", "one or two ports", 1, 0xffff);
        List<Integer> segments = numbers(
                "--txpkts", "lengths of segments, as in 64,128", 1, TxFrames.MAX_LENGTH);
        try {
            return new TxFrames(segments.isEmpty() ? usual.segments() : segments,
                    given.flag("--txonly-multi-flow"),
                    addresses.isEmpty() ? usual.ipSource() : addresses.get(0),
                    addresses.isEmpty() ? usual.ipDestination() : addresses.get(1),
                    ports.isEmpty() ? usual.udpSource() : ports.get(0),
                    ports.isEmpty() ? usual.udpDestination() : ports.get(ports.size() - 1));
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage());
        }
    }

    /** The two of {@code --tx-ip}; empty if it is not given. */
    private List<Integer> addresses() throws UsageException {
        Optional<String> text = given.value("--tx-ip");
        if (text.isEmpty()) {
            return List.of();
        }
        List<Integer> addresses = new ArrayList<>();
        for (String word : text.get().split(",", -1)) {
            String[] octets = word.split("\\.", -1);
            int address = 0;
            for (String octet : octets) {
                address = address << 8 | WholeNumber.parse(octet, 0, 255)
                        .orElseThrow(() -> noAddresses(text.get()));
            }
            if (octets.length != 4) {
                throw noAddresses(text.get());
            }
            addresses.add(address);
        }
        if (addresses.size() != 2) {
            throw noAddresses(text.get());
        }
        return addresses;
    }

    private static UsageException noAddresses(String text) {
        return new UsageException(("--tx-ip %s: two IPv4 addresses are needed, as in "
                + "198.18.0.1,198.18.0.2").formatted(text));
    }

    private List<Integer> numbers(String name, String what, int min, int max)
            throws UsageException {
        Optional<String> text = given.value(name);
        if (text.isEmpty()) {
            return List.of();
        }
        List<Integer> numbers = new ArrayList<>();
        for (String word : text.get().split(",", -1)) {
            numbers.add(WholeNumber.parse(word, min, max).orElseThrow(() -> new UsageException(
                    "%s %s: %s are needed, from %s to %s"
                            .formatted(name, text.get(), what, min, max))));
        }
        return numbers;
    }

    private Noise noise() throws UsageException {
        Noise noise = new Noise(given.number("--noisy-tx-sw-buffer-size", 0, 0, 1 << 20),
                given.number("--noisy-tx-sw-buffer-flushtime", 0, 0, Integer.MAX_VALUE),
                given.number("--noisy-lkup-memory", 0, 0, MAX_LOOKUP_MIB),
                given.number("--noisy-lkup-num-writes", 0, 0, MAX_NOISE),
                given.number("--noisy-lkup-num-reads", 0, 0, MAX_NOISE),
                given.number("--noisy-lkup-num-reads-writes", 0, 0, MAX_NOISE));
        if (noise.bufferSize() != 0
                && (noise.bufferSize() < 2 || Integer.bitCount(noise.bufferSize()) != 1)) {
            throw new UsageException("--noisy-tx-sw-buffer-size %s: a power of two is needed, or 0"
                    .formatted(noise.bufferSize()));
        }
        if (noise.looksUp() && noise.memoryMib() == 0) {
            throw new UsageException("--noisy-lkup-num-*: --noisy-lkup-memory is needed, too");
        }
        return noise;
    }

    private Map<Integer, MacAddress> peers() throws UsageException {
        Map<Integer, MacAddress> peers = new HashMap<>();
        for (String peer : given.values("--eth-peer")) {
            int comma = Math.max(0, peer.indexOf(','));
            int port = WholeNumber.parse(peer.substring(0, comma), 0, MAX_PORT).orElse(-1);
            Optional<MacAddress> mac = MacAddress.parse(
                    peer.substring(Math.min(peer.length(), comma + 1)));
            if (port < 0 || mac.isEmpty()) {
                throw new UsageException(("--eth-peer %s: a port number and an address are needed, "
                        + "as in 0,02:00:00:00:00:01").formatted(peer));
            }
            peers.put(port, mac.get());
        }
        return peers;
    }

    private List<Integer> list(String name, String what, int max) throws UsageException {
        Optional<String> text = given.value(name);
        try {
            return text.isEmpty() ? List.of() : IdList.parse(text.get(), what, max);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + " " + e.getMessage());
        }
    }

    private List<Integer> mask(String name, String what) throws UsageException {
        Optional<String> text = given.value(name);
        try {
            return text.isEmpty() ? List.of() : IdList.ofMask(text.get(), what);
        } catch (IllegalArgumentException e) {
            throw new UsageException(name + " " + e.getMessage());
        }
    }
}
