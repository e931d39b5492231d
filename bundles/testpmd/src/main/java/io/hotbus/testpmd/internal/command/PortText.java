// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

/** Titles and rules in the shape that DPDK's testpmd prints. */
final class PortText {
    private static final int WIDTH = 78;

    private PortText() {
    }

    /** A title in the middle of a line. */
    static String heading(String character, String title) {
        int side = (WIDTH - title.length() - 4) / 2;
        String left = character.repeat(Math.max(4, side));
        String right = character.repeat(Math.max(4, WIDTH - title.length() - 4 - left.length()));
        return "  " + left + " " + title + " " + right;
    }

    static String rule(String character) {
        return "  " + character.repeat(WIDTH - 2);
    }

    /** A link's speed in the words of DPDK: {@code 10 Gbps}. */
    static String speed(int mbps) {
        return mbps == 0 ? "None" : mbps % 1000 == 0 ? mbps / 1000 + " Gbps" : mbps + " Mbps";
    }
}
