// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import java.util.List;

/**
 * The frames that are generated: UDP over IPv4. Source of the defaults: DPDK testpmd.
 *
 * @param segments       bytes of each segment ({@code --txpkts}); the first holds the headers
 * @param multiFlow      whether the source addresses vary ({@code --txonly-multi-flow})
 * @param ipSource       the IPv4 source address
 * @param ipDestination  the IPv4 destination address
 * @param udpSource      the source port
 * @param udpDestination the destination port
 */
public record TxFrames(List<Integer> segments, boolean multiFlow, int ipSource, int ipDestination,
        int udpSource, int udpDestination) {
    /** Bytes of the headers. */
    public static final int HEADERS = 42;
    /** The most segments of a frame. */
    public static final int MAX_SEGMENTS = 255;
    /** The longest frame in bytes. */
    public static final int MAX_LENGTH = 65535;
    /** What is sent unless asked for otherwise: 198.18.0.1 to 198.18.0.2, of RFC 2544. */
    public static final TxFrames DEFAULT =
            new TxFrames(List.of(64), false, 0xc6120001, 0xc6120002, 9, 9);

    /**
     * Checks the segments.
     *
     * @throws IllegalArgumentException the message says which lengths are possible
     */
    public TxFrames {
        segments = List.copyOf(segments);
        if (segments.isEmpty() || segments.size() > MAX_SEGMENTS
                || segments.get(0) < HEADERS || segments.stream().anyMatch(s -> s < 1)
                || segments.stream().mapToInt(Integer::intValue).sum() > MAX_LENGTH) {
            throw new IllegalArgumentException(("txpkts %s: at most %s lengths are needed, together"
                    + " at most %s bytes, the first at least %s, which the headers take").formatted(
                            segments, MAX_SEGMENTS, MAX_LENGTH, HEADERS));
        }
    }

    /** Bytes of a frame. */
    public int length() {
        return segments.stream().mapToInt(Integer::intValue).sum();
    }

    /** Returns a copy with other segments. */
    public TxFrames withSegments(List<Integer> lengths) {
        return new TxFrames(lengths, multiFlow, ipSource, ipDestination, udpSource, udpDestination);
    }
}
