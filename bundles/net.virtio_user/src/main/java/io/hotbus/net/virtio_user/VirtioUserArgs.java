// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.MacAddress;
import io.hotbus.os.UnixSocketName;
import io.hotbus.pmd.eth.LocalMac;
import io.hotbus.pmd.virtio.VirtioFeature;
import java.util.Set;

/**
 * The devargs of a device, named as in DPDK.
 *
 * @param socket     where the server listens ({@code path})
 * @param server     whether this device listens; otherwise the back end does
 * @param queues     the most pairs of queues
 * @param queueSize  the most descriptors of a queue, a power of two
 * @param features   those that the back end must have
 * @param macAddress the address of the port
 */
record VirtioUserArgs(UnixSocketName socket, boolean server, int queues, int queueSize,
        long features, MacAddress macAddress) {
    /** The receive ring is refilled in batches of 32. */
    static final int MIN_QUEUE_SIZE = 64;

    private static final Set<String> KNOWN = Set.of("path", "server", "queues", "queue_size",
            "mac", "packed_vq", "mrg_rxbuf", "in_order");
    /** The number of a queue has 8 bits in messages. */
    private static final int MOST_PAIRS = 128;
    private static final int DEFAULT_QUEUE_SIZE = 256;
    private static final int MAX_QUEUE_SIZE = 1 << 15;
    /** Locally administered; the number of the device sets the last two bytes. */
    private static final long DEFAULT_MAC = 0x02_00_00_55_00_00L;

    /**
     * Parses devargs.
     *
     * @throws DeviceException an argument is wrong; the message names it and its possible values
     */
    static VirtioUserArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(KNOWN);
        String path = devargs.get("path", "");
        if (!path.startsWith("/") || !UnixSocketName.isPossible(path)) {
            throw wrong(devargs, "path", "the absolute path of a Unix socket is needed, of at most "
                    + UnixSocketName.MAX_LENGTH + " bytes");
        }
        int size = devargs.getInt("queue_size", DEFAULT_QUEUE_SIZE, MIN_QUEUE_SIZE,
                MAX_QUEUE_SIZE);
        if (Integer.bitCount(size) != 1) {
            throw wrong(devargs, "queue_size", "a power of two is needed");
        }
        return new VirtioUserArgs(UnixSocketName.path(path), isSet(devargs, "server", 0),
                devargs.getInt("queues", 1, 1, MOST_PAIRS), size, features(devargs), mac(devargs));
    }

    private static long features(Devargs devargs) throws DeviceException {
        return VirtioFeature.VERSION_1
                | (isSet(devargs, "packed_vq", 0) ? VirtioFeature.RING_PACKED : 0)
                | (isSet(devargs, "mrg_rxbuf", 1) ? VirtioFeature.MRG_RXBUF : 0)
                | (isSet(devargs, "in_order", 1) ? VirtioFeature.IN_ORDER : 0);
    }

    private static boolean isSet(Devargs devargs, String key, int fallback)
            throws DeviceException {
        return devargs.getInt(key, fallback, 0, 1) == 1;
    }

    private static MacAddress mac(Devargs devargs) throws DeviceException {
        String text = devargs.args().get("mac");
        if (text == null) {
            return LocalMac.of(DEFAULT_MAC, devargs.name());
        }
        return MacAddress.parse(text).filter(MacAddress::isUnicast).orElseThrow(() ->
                wrong(devargs, "mac", "a unicast address is needed (e.g. 02:00:00:00:00:01)"));
    }

    private static DeviceException wrong(Devargs devargs, String key, String need) {
        return new DeviceException("%s: %s=%s: %s".formatted(devargs.name(), key,
                devargs.get(key, "").replaceAll("[^\\x20-\\x7e]", "?"), need));
    }

    @Override
    public String toString() {
        return (server ? "server on " : "client of ") + socket;
    }
}
