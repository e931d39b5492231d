// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import io.hotbus.eal.mem.Mempool;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The checked options of the command line of the forwarding application. A service.
 *
 * @param forwarding    how packets are forwarded at first
 * @param totalMbufs    buffers in the mempool that all ports share; 0: as many as the devices named
 *     here need, at least {@value #DEFAULT_MBUFS}
 * @param mbufSize      bytes for packet data in each, headroom not counted
 * @param numa          whether the ports of each NUMA node have a mempool on that node
 * @param maxPacket     the longest frame with its check sequence, which sets the MTU; 0: as it is
 * @param forwardMode   the forwarding engine to begin with
 * @param startDevices  whether a port is started once it is set up
 * @param autoStart     whether {@code shell} starts forwarding at once
 * @param txFirst       bursts to send when forwarding starts; 0: none
 * @param hotPlug       whether removals are survived and uevents listened to
 * @param removalEvents whether a port is closed and detached when its device goes
 * @param reattach      whether a device that returns is attached again
 * @param statsPeriod   between two prints of the statistics; zero: none is printed
 * @param vdevs         devargs of the virtual devices to attach
 * @param commandFile   a file of commands to execute before anything else
 * @param exec          commands to execute instead of forwarding until interrupted
 * @param allowed       devargs of the devices of other buses to attach, before the virtual ones
 * @param eventLog      the file that records every event
 * @param described     the queues of each port that a file of the deployment describes
 */
public record Options(FwdConfig forwarding, int totalMbufs, int mbufSize, boolean numa,
        int maxPacket, String forwardMode, boolean startDevices, boolean autoStart, int txFirst,
        boolean hotPlug, boolean removalEvents, boolean reattach, Duration statsPeriod,
        List<String> vdevs, Optional<Path> commandFile, Optional<String> exec, List<String> allowed,
        Optional<Path> eventLog, List<QueueSetup> described) {
    /** These say what is so anyway: no link is waited for, the shell is there. */
    private static final Set<String> TRUE_ANYWAY = Set.of("-i", "--interactive", "--",
            "--disable-link-check", "--no-lsc-interrupt", "--numa");
    /** All options of this application. Source of most: DPDK's EAL and testpmd. */
    public static final Set<String> NAMES = names();

    /** Enough for nine ports of 512 + 512 descriptors, caches, and packets in use. */
    public static final int DEFAULT_MBUFS = 16384;
    /** The largest possible number of buffers. */
    public static final int MAX_MBUFS = 1 << 24;
    /** What a frame has beside its MTU: the Ethernet header and the check sequence. */
    public static final int FRAME_OVERHEAD = 18;
    private static final int MIN_PACKET = 64;

    private static Set<String> names() {
        Set<String> names = new HashSet<>(ForwardOptions.NAMES);
        names.addAll(Set.of("--total-num-mbufs", "--mbuf-size", "--max-pkt-len", "--forward-mode",
                "--disable-device-start", "--no-numa", "--auto-start", "--tx-first", "--hot-plug",
                "--no-hot-plug", "--no-rmv-interrupt", "--no-reattach", "--stats-period", "--vdev",
                "--cmdline-file", "--exec", "-a", "--allow", "--event-log"));
        names.addAll(TRUE_ANYWAY);
        return Set.copyOf(names);
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
        if (given.flag("--hot-plug") && given.flag("--no-hot-plug")) {
            throw new UsageException("--hot-plug and --no-hot-plug exclude each other");
        }
        for (String name : TRUE_ANYWAY) {
            given.flag(name);
        }
        return new Options(ForwardOptions.parse(given),
                given.number("--total-num-mbufs", 0, 64, MAX_MBUFS),
                given.number("--mbuf-size", Mempool.DEFAULT_DATA_ROOM, 64, 65536),
                !given.flag("--no-numa"),
                given.number("--max-pkt-len", 0, MIN_PACKET, 65535 + FRAME_OVERHEAD),
                given.value("--forward-mode").orElse("io"),
                !given.flag("--disable-device-start"), given.flag("--auto-start"),
                txFirst(given), !given.flag("--no-hot-plug"), !given.flag("--no-rmv-interrupt"),
                !given.flag("--no-reattach"),
                Duration.ofSeconds(given.number("--stats-period", 5, 0, 86400)),
                given.values("--vdev"), path(given, "--cmdline-file"), given.value("--exec"),
                given.values("-a", "--allow"), path(given, "--event-log"), List.of());
    }

    /** Returns a copy that knows the ports of the deployment's files. */
    public Options withDescribed(List<QueueSetup> queues) {
        return new Options(forwarding, totalMbufs, mbufSize, numa, maxPacket, forwardMode,
                startDevices, autoStart, txFirst, hotPlug, removalEvents, reattach, statsPeriod,
                vdevs, commandFile, exec, allowed, eventLog, queues);
    }

    private static Optional<Path> path(Arguments given, String name) throws UsageException {
        Optional<String> value = given.value(name);
        try {
            return value.map(Path::of);
        } catch (InvalidPathException e) {
            throw new UsageException(name + ": is not a file name: " + e.getMessage());
        }
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
}
