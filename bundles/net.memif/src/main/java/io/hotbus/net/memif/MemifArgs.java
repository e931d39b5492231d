// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.os.UnixSocketName;
import io.hotbus.pmd.eth.LocalMac;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The devargs of a device, named as in DPDK.
 *
 * @param server      whether the device listens ({@code role=server}) or dials ({@code client})
 * @param id          the number of the interface on the socket, 32 bits, unsigned
 * @param bufferSize  bytes in each buffer that this device provides ({@code bsize})
 * @param log2Ring    binary logarithm of the slots of each ring it provides ({@code rsize})
 * @param socket      where the server listens
 * @param secret      what both sides must know; empty if anyone may connect
 * @param macAddress  the address of the port
 */
record MemifArgs(boolean server, int id, int bufferSize, int log2Ring, UnixSocketName socket,
        String secret, MacAddress macAddress) {
    private static final Set<String> KNOWN = Set.of("role", "id", "bsize", "rsize", "socket",
            "socket-abstract", "owner-uid", "owner-gid", "mac", "secret", "zero-copy");
    private static final String DEFAULT_SOCKET = "/run/memif.sock";
    private static final int DEFAULT_BUFFER_SIZE = 2048;
    private static final int MIN_BUFFER_SIZE = 64;
    private static final int MAX_BUFFER_SIZE = 0xffff;
    private static final int DEFAULT_LOG2_RING = 10;
    private static final long MAX_ID = 0xffff_ffffL;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final long MULTICAST = 1L << 40;
    /** Locally administered; the number of the device sets the last two bytes. */
    private static final long DEFAULT_MAC = 0x02_00_00_4d_00_00L;

    /**
     * Parses devargs.
     *
     * @throws DeviceException an argument is wrong; the message names it and its possible values
     */
    static MemifArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(KNOWN);
        if (!oneOf(devargs, "zero-copy", "no", "yes").equals("no")) {
            throw wrong(devargs, "zero-copy", "packets are always copied, so that the peer cannot"
                    + " reach the packet buffers of other ports; a peer may use zero-copy=yes");
        }
        return new MemifArgs(
                Set.of("server", "master").contains(
                        oneOf(devargs, "role", "client", "server", "slave", "master")),
                id(devargs),
                devargs.getInt("bsize", DEFAULT_BUFFER_SIZE, MIN_BUFFER_SIZE, MAX_BUFFER_SIZE),
                devargs.getInt("rsize", DEFAULT_LOG2_RING, 1, RingPlace.MAX_LOG2_SIZE),
                socket(devargs), secret(devargs), mac(devargs));
    }

    /** The value of {@code key}, which is one of {@code values}, the first by default. */
    private static String oneOf(Devargs devargs, String key, String... values)
            throws DeviceException {
        String value = devargs.get(key, values[0]);
        if (!Set.of(values).contains(value)) {
            throw wrong(devargs, key, "one of " + String.join(", ", values) + " is needed");
        }
        return value;
    }

    private static DeviceException wrong(Devargs devargs, String key, String need) {
        return new DeviceException("%s: %s=%s: %s".formatted(devargs.name(), key,
                devargs.get(key, "").replaceAll("[^\\x20-\\x7e]", "?"), need));
    }

    private static int id(Devargs devargs) throws DeviceException {
        String value = devargs.get("id", "0");
        if (!NUMBER.matcher(value).matches() || Long.parseLong(value) > MAX_ID) {
            throw wrong(devargs, "id", "a number from 0 to " + MAX_ID + " is needed");
        }
        return (int) Long.parseLong(value);
    }

    private static UnixSocketName socket(Devargs devargs) throws DeviceException {
        String name = devargs.get("socket", DEFAULT_SOCKET);
        boolean isAbstract = oneOf(devargs, "socket-abstract", "yes", "no").equals("yes");
        if (!UnixSocketName.isPossible(name)) {
            throw wrong(devargs, "socket",
                    "1 to " + UnixSocketName.MAX_LENGTH + " bytes are needed");
        }
        if (!isAbstract && !name.startsWith("/")) {
            throw wrong(devargs, "socket", "an absolute path is needed, or socket-abstract=yes");
        }
        int uid = devargs.getInt("owner-uid", UnixSocketName.NO_OWNER, 0, Integer.MAX_VALUE);
        int gid = devargs.getInt("owner-gid", UnixSocketName.NO_OWNER, 0, Integer.MAX_VALUE);
        if (isAbstract && (uid != UnixSocketName.NO_OWNER || gid != UnixSocketName.NO_OWNER)) {
            throw new DeviceException(devargs.name() + ": owner-uid and owner-gid are for a socket"
                    + " with a path: add socket-abstract=no");
        }
        return new UnixSocketName(name, isAbstract, uid, gid);
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String secret(Devargs devargs) throws DeviceException {
        String secret = devargs.get("secret", "");
        if (bytes(secret) >= Message.SECRET_BYTES) {
            throw new DeviceException("%s: secret=: at most %s bytes are possible"
                    .formatted(devargs.name(), Message.SECRET_BYTES - 1));
        }
        return secret;
    }

    private static MacAddress mac(Devargs devargs) throws DeviceException {
        String text = devargs.args().get("mac");
        if (text == null) {
            return LocalMac.of(DEFAULT_MAC, devargs.name());
        }
        if (MAC.matcher(text).matches()) {
            long address = Long.parseLong(text.replace(":", ""), 16);
            if (address != 0 && (address & MULTICAST) == 0) {
                return new MacAddress(address);
            }
        }
        throw wrong(devargs, "mac", "a unicast address is needed (e.g. 02:00:00:00:00:01)");
    }

    /** Hides the secret, since the text goes into logs. */
    @Override
    public String toString() {
        return "%s of id %s on %s".formatted(server ? "server" : "client",
                Integer.toUnsignedString(id), socket);
    }
}
