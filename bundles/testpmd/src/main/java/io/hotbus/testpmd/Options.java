// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.config.WholeNumber;
import io.hotbus.eal.mem.Mempool;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The checked options of the command line of the forwarding application. A service.
 *
 * @param lcores        CPUs for forwarding threads; empty: chosen from those available
 * @param nbCores       how many of them forward
 * @param queues        receive queues of a port, and as many transmit queues
 * @param rxDescriptors descriptors of each receive queue
 * @param txDescriptors descriptors of each transmit queue
 * @param totalMbufs    buffers in the mempool that all ports share; 0: as many as the devices named
 *     here need, at least {@value #DEFAULT_MBUFS}
 * @param mbufSize      bytes for packet data in each, headroom not counted
 * @param burst         packets taken at a time
 * @param forwardMode   the forwarding engine to begin with
 * @param startDevices  whether a port is started once it is set up
 * @param autoStart     whether {@code shell} starts forwarding at once
 * @param txFirst       bursts to send when forwarding starts; 0: none
 * @param hotPlug       whether removals are survived and uevents listened to
 * @param reattach      whether a device that returns is attached again
 * @param statsPeriod   between two prints of the statistics
 * @param vdevs         devargs of the virtual devices to attach
 * @param exec          commands to execute instead of forwarding until interrupted
 * @param allowed       devargs of the devices of other buses to attach, before the virtual ones
 * @param eventLog      the file that records every event
 */
public record Options(List<Integer> lcores, int nbCores, int queues, int rxDescriptors,
        int txDescriptors, int totalMbufs, int mbufSize, int burst, String forwardMode,
        boolean startDevices, boolean autoStart, int txFirst, boolean hotPlug, boolean reattach,
        Duration statsPeriod, List<String> vdevs, Optional<String> exec, List<String> allowed,
        Optional<Path> eventLog) {
    /** All options of this application. Source of most: DPDK's EAL and testpmd. */
    public static final Set<String> NAMES = Set.of("-l", "--nb-cores", "--rxq", "--txq", "--rxd",
            "--txd", "--total-num-mbufs", "--mbuf-size", "--burst", "--forward-mode",
            "--disable-device-start", "--auto-start", "--tx-first", "--hot-plug", "--no-hot-plug",
            "--no-reattach", "--stats-period", "--vdev", "--exec", "-a", "--allow", "--event-log");

    /** Enough for nine ports of 512 + 512 descriptors, caches, and packets in use. */
    public static final int DEFAULT_MBUFS = 16384;
    /** The largest possible number of buffers. */
    public static final int MAX_MBUFS = 1 << 24;
    private static final int MAX_CPU = 1023;

    /** The options of version 1.0: only virtual devices, no event log. */
    public Options(List<Integer> lcores, int nbCores, int queues, int rxDescriptors,
            int txDescriptors, int totalMbufs, int mbufSize, int burst, String forwardMode,
            boolean startDevices, boolean autoStart, int txFirst, boolean hotPlug, boolean reattach,
            Duration statsPeriod, List<String> vdevs, Optional<String> exec) {
        this(lcores, nbCores, queues, rxDescriptors, txDescriptors, totalMbufs, mbufSize, burst,
                forwardMode, startDevices, autoStart, txFirst, hotPlug, reattach, statsPeriod,
                vdevs, exec, List.of(), Optional.empty());
    }

    /**
     * The devargs of all devices to attach, in that order: virtual ones last, as in DPDK, because
     * they may consist of others.
     */
    public List<String> devices() {
        return Stream.concat(allowed.stream(), vdevs.stream()).toList();
    }

    /**
     * Reads the options.
     *
     * @throws UsageException an option is wrong; the message names it, its value and the possible
     *     values
     */
    public static Options parse(Arguments given) throws UsageException {
        List<Integer> lcores = cpus(given.value("-l"));
        int rxq = given.number("--rxq", 1, 1, 64);
        int txq = given.number("--txq", rxq, 1, 64);
        if (rxq != txq) {
            throw new UsageException(
                    "--rxq %s and --txq %s: a port has as many transmit as receive queues"
                            .formatted(rxq, txq));
        }
        if (given.flag("--hot-plug") && given.flag("--no-hot-plug")) {
            throw new UsageException("--hot-plug and --no-hot-plug exclude each other");
        }
        return new Options(lcores,
                given.number("--nb-cores", Math.max(1, lcores.size()), 1,
                        lcores.isEmpty() ? MAX_CPU : lcores.size()),
                rxq, powerOfTwo(given, "--rxd"), powerOfTwo(given, "--txd"),
                given.number("--total-num-mbufs", 0, 64, MAX_MBUFS),
                given.number("--mbuf-size", Mempool.DEFAULT_DATA_ROOM, 64, 65536),
                given.number("--burst", 32, 1, 512),
                given.value("--forward-mode").orElse("io"),
                !given.flag("--disable-device-start"), given.flag("--auto-start"),
                txFirst(given), !given.flag("--no-hot-plug"), !given.flag("--no-reattach"),
                Duration.ofSeconds(given.number("--stats-period", 5, 1, 86400)),
                given.values("--vdev"), given.value("--exec"),
                given.values("-a", "--allow"), path(given, "--event-log"));
    }

    private static Optional<Path> path(Arguments given, String name) throws UsageException {
        Optional<String> value = given.value(name);
        try {
            return value.map(Path::of);
        } catch (InvalidPathException e) {
            throw new UsageException(name + ": is not a file name: " + e.getMessage());
        }
    }

    private static int powerOfTwo(Arguments given, String name) throws UsageException {
        int descriptors = given.number(name, 512, 8, 32768);
        if (Integer.bitCount(descriptors) != 1) {
            throw new UsageException(
                    "%s %s: a power of two is needed".formatted(name, descriptors));
        }
        return descriptors;
    }

    /** {@code --tx-first} alone means one burst. */
    private static int txFirst(Arguments given) throws UsageException {
        boolean alone = given.has("--tx-first") && isAlone(given, "--tx-first");
        return alone ? 1 : given.number("--tx-first", 0, 1, 1024);
    }

    private static boolean isAlone(Arguments given, String name) {
        try {
            return given.flag(name);
        } catch (UsageException e) {
            return false;
        }
    }

    /** Parses a CPU list such as {@code 1,3-5}, as DPDK's {@code -l} does. */
    private static List<Integer> cpus(Optional<String> text) throws UsageException {
        TreeSet<Integer> cpus = new TreeSet<>();
        for (String range : text.map(t -> t.split(",", -1)).orElse(new String[0])) {
            int dash = range.indexOf('-');
            int first = cpu(dash < 0 ? range : range.substring(0, dash), 0, text.get());
            int last = dash < 0 ? first : cpu(range.substring(dash + 1), first, text.get());
            for (int cpu = first; cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return List.copyOf(cpus);
    }

    private static int cpu(String word, int min, String all) throws UsageException {
        return WholeNumber.parse(word, min, MAX_CPU).orElseThrow(
                () -> new UsageException("-l " + all + ": CPU numbers are needed, as in 1,3-5"));
    }
}
