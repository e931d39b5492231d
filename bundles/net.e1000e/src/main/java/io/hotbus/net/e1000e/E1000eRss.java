// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssHash;
import io.hotbus.ethdev.RssLimits;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Receive-side scaling: a hash of each packet is the index of the entry of RETA that holds its
 * queue. Packets that are not hashed arrive at queue 0. Source: 82574 data sheet, section 7.1.11.
 */
final class E1000eRss {
    private static final Map<RssHash, Integer> BITS = Map.of(
            RssHash.IPV4, E1000eRegs.MRQC_IPV4, RssHash.IPV4_TCP, E1000eRegs.MRQC_TCP_IPV4,
            RssHash.IPV6, E1000eRegs.MRQC_IPV6, RssHash.IPV6_TCP, E1000eRegs.MRQC_TCP_IPV6);
    static final RssLimits LIMITS =
            new RssLimits(BITS.keySet(), E1000eRegs.RSSRK_BYTES, E1000eRegs.RETA_ENTRIES);

    /** The key of Microsoft's specification of RSS, which DPDK uses for Intel's NICs, too. */
    private static final byte[] KEY = HexFormat.of().parseHex(
            "6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");

    private E1000eRss() {
    }

    /** Whether packets are spread. */
    static boolean isOn(RssConfig config) {
        return !config.hashes().isEmpty();
    }

    static int mrqc(RssConfig config) {
        return isOn(config) ? config.hashes().stream().mapToInt(BITS::get)
                .reduce(E1000eRegs.MRQC_RSS, (a, b) -> a | b) : 0;
    }

    /** Writes the key and the redirection table for {@code queues} receive queues. */
    static void write(E1000eChip chip, RssConfig config, int queues) {
        for (int i = 0; i < E1000eRegs.RSSRK_BYTES; i += Integer.BYTES) {
            int word = 0;
            for (int b = 0; b < Integer.BYTES; b++) {
                word |= (key(config.key(), i + b) & 0xff) << b * Byte.SIZE;
            }
            chip.write(E1000eRegs.RSSRK + i, word);
        }
        for (int i = 0; i < E1000eRegs.RETA_ENTRIES; i += Integer.BYTES) {
            int word = 0;
            for (int b = 0; b < Integer.BYTES; b++) {
                int queue = config.table().isEmpty()
                        ? (i + b) % queues : config.table().get(i + b);
                word |= queue << E1000eRegs.RETA_QUEUE_SHIFT + b * Byte.SIZE;
            }
            chip.write(E1000eRegs.RETA + i, word);
        }
    }

    private static byte key(List<Byte> key, int index) {
        return key.isEmpty() ? KEY[index] : key.get(index);
    }
}
