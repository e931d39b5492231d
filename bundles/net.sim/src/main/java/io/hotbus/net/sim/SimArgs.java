// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The devargs of a NIC.
 *
 * @param queues       number of receive queues, and of transmit queues
 * @param macAddress   the first byte on the wire in the highest of the low 48 bits
 * @param peer         the NIC at the other end of its wire
 * @param loopback     whether a loopback plug is in its socket
 * @param flowControl  whether it holds the sender back (802.3x) rather than drop
 * @param ueventMillis time from a removal until the bus is told
 */
record SimArgs(int queues, long macAddress, Optional<String> peer, boolean loopback,
        boolean flowControl, int ueventMillis) {
    static final int DEFAULT_UEVENT_MILLIS = 100;
    private static final Set<String> KNOWN =
            Set.of("queues", "mac", "peer", "loopback", "flow_control", "uevent_ms");
    private static final Pattern NAME = Pattern.compile(SimDriver.NAME + "(\\d{1,9})");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    /** Locally administered, unicast; the device's number goes into the low bytes. */
    private static final long DEFAULT_MAC = 0x02_00_00_00_00_00L;
    private static final long MULTICAST = 1L << 40;

    /**
     * Parses devargs.
     *
     * @throws DeviceException an argument is wrong; the message names it and its possible values
     */
    static SimArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(KNOWN);
        SimArgs args = new SimArgs(
                devargs.getInt("queues", 1, 1, SimRegs.MAX_QUEUES),
                mac(devargs),
                Optional.ofNullable(devargs.args().get("peer")),
                devargs.getInt("loopback", 0, 0, 1) == 1,
                devargs.getInt("flow_control", 1, 0, 1) == 1,
                devargs.getInt("uevent_ms", DEFAULT_UEVENT_MILLIS, 0, 10_000));
        args.checkPlug(devargs.name());
        return args;
    }

    private static long mac(Devargs devargs) throws DeviceException {
        String text = devargs.args().get("mac");
        if (text == null) {
            Matcher name = NAME.matcher(devargs.name());
            return DEFAULT_MAC | (name.matches() ? Long.parseLong(name.group(1)) + 1 : 0);
        }
        if (MAC.matcher(text).matches()) {
            long address = Long.parseLong(text.replace(":", ""), 16);
            if (address != 0 && (address & MULTICAST) == 0) {
                return address;
            }
        }
        throw new DeviceException("%s: mac=%s: a unicast address is needed (e.g. 02:00:00:00:00:01)"
                .formatted(devargs.name(), text.replaceAll("[^\\x20-\\x7e]", "?")));
    }

    private void checkPlug(String name) throws DeviceException {
        if (peer.isEmpty()) {
            return;
        }
        if (loopback) {
            throw new DeviceException(
                    name + ": peer= and loopback=1 exclude each other: it has one socket");
        }
        if (peer.get().equals(name)) {
            throw new DeviceException(name + ": peer=" + name + " is itself: use loopback=1");
        }
        if (!NAME.matcher(peer.get()).matches()) {
            throw new DeviceException("%s: peer=%s is not a NIC of this driver (e.g. net_sim1)"
                    .formatted(name, peer.get().replaceAll("[^\\x20-\\x7e]", "?")));
        }
    }
}
