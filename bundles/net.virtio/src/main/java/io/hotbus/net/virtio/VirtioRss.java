// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.pmd.eth.RssEntries;
import io.hotbus.pmd.virtio.VirtioFeature;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Receive-side scaling: the device hashes packets as the port is configured, and spreads them over
 * the receive queues. Control threads. Source: 5.1.4 and 5.1.6.5.7.
 */
final class VirtioRss {
    private static final Map<RssHash, Integer> TYPES = Map.of(
            RssHash.IPV4, VirtioRegs.HASH_TYPE_IPV4,
            RssHash.IPV4_TCP, VirtioRegs.HASH_TYPE_TCP_V4,
            RssHash.IPV4_UDP, VirtioRegs.HASH_TYPE_UDP_V4,
            RssHash.IPV6, VirtioRegs.HASH_TYPE_IPV6,
            RssHash.IPV6_TCP, VirtioRegs.HASH_TYPE_TCP_V6,
            RssHash.IPV6_UDP, VirtioRegs.HASH_TYPE_UDP_V6);
    /** A packet that is not hashed arrives at this queue. */
    private static final int UNCLASSIFIED_QUEUE = 0;
    /** Bytes of the command before the table, and between the table and the key. */
    private static final int HEAD = 8;
    private static final int MIDDLE = 3;

    private VirtioRss() {
    }

    /**
     * What a device with these features can do. A device has room for the usual key and table, as
     * the specification demands, else it counts as one without RSS. Without several queues RSS is
     * of no use.
     */
    static RssLimits limits(VirtioNetConfig net, long offered) {
        if (!VirtioFeature.has(offered,
                VirtioFeature.RSS | VirtioFeature.MQ | VirtioFeature.CTRL_VQ)
                || net.read8(VirtioRegs.RSS_MAX_KEY_SIZE) < RssEntries.KEY_BYTES
                || net.read16(VirtioRegs.RSS_MAX_INDIRECTION_TABLE_LENGTH)
                        < RssEntries.TABLE_ENTRIES) {
            return RssLimits.NONE;
        }
        int supported = net.read32(VirtioRegs.SUPPORTED_HASH_TYPES);
        Set<RssHash> hashes = EnumSet.noneOf(RssHash.class);
        TYPES.forEach((hash, type) -> {
            if ((supported & type) != 0) {
                hashes.add(hash);
            }
        });
        return hashes.isEmpty() ? RssLimits.NONE
                : new RssLimits(hashes, RssEntries.KEY_BYTES, RssEntries.TABLE_ENTRIES);
    }

    /** The features that a port with this configuration needs. */
    static long features(RssConfig config) {
        return config.hashes().isEmpty() ? 0 : VirtioFeature.RSS;
    }

    /**
     * Tells a started device how to spread packets, and with it the number of its queues.
     *
     * @param pairs the pairs of queues of the port; QEMU takes the largest transmit queue for it
     * @throws DeviceException the device is gone, or refuses the command
     */
    static void apply(VirtioControl control, RssConfig config, int pairs)
            throws DeviceException {
        ByteBuffer data = ByteBuffer.allocate(HEAD + Short.BYTES * RssEntries.TABLE_ENTRIES
                + MIDDLE + RssEntries.KEY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        data.putInt(config.hashes().stream().mapToInt(TYPES::get).reduce(0, (a, b) -> a | b));
        data.putShort((short) (RssEntries.TABLE_ENTRIES - 1));
        data.putShort((short) UNCLASSIFIED_QUEUE);
        for (int i = 0; i < RssEntries.TABLE_ENTRIES; i++) {
            data.putShort((short) RssEntries.queue(config, i, pairs));
        }
        data.putShort((short) pairs);
        data.put((byte) RssEntries.KEY_BYTES);
        for (int i = 0; i < RssEntries.KEY_BYTES; i++) {
            data.put(RssEntries.key(config, i));
        }
        control.execute("RSS for " + pairs + " receive queues", VirtioRegs.CTRL_MQ,
                VirtioRegs.MQ_RSS_CONFIG, data.array());
    }
}
