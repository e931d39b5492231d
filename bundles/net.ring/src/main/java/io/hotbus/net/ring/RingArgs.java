// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.ring;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.config.WholeNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The devargs of the driver: {@code nodeaction=NAME:NODE:CREATE|ATTACH}, named as in DPDK. NODE is
 * the number of a NUMA node; it is checked, but has no effect.
 *
 * @param nodes the rings that the port uses: none (a ring of its own), one (to send and to
 *              receive), or two (the first to receive from, the second to send to)
 */
record RingArgs(List<Node> nodes) {
    private static final String KEY = "nodeaction";
    private static final int MAX_NODES = 2;
    private static final int MAX_NUMA_NODE = 1023;
    private static final Pattern NODE =
            Pattern.compile("([A-Za-z0-9._-]{1,64}):([^:]*):(CREATE|ATTACH)");

    /**
     * A ring and what to do with it.
     *
     * @param name   the name of the ring
     * @param create whether the port creates the ring, and does not attach to that of another port
     */
    record Node(String name, boolean create) {
    }

    static RingArgs parse(Devargs devargs) throws DeviceException {
        devargs.allowOnly(Set.of(KEY), Set.of(KEY));
        List<String> texts = devargs.all(KEY);
        if (texts.size() > MAX_NODES) {
            throw new DeviceException(("%s: %s rings: a port has one, or one to receive from and "
                    + "one to send to (attach another net_ring device for another port)")
                    .formatted(devargs.name(), texts.size()));
        }
        List<Node> nodes = new ArrayList<>();
        for (String text : texts) {
            nodes.add(node(devargs.name(), text));
        }
        if (nodes.size() == MAX_NODES && nodes.get(0).name().equals(nodes.get(1).name())) {
            throw new DeviceException(devargs.name() + ": ring '" + nodes.get(0).name()
                    + "' is given twice (once is enough to send to it and receive from it)");
        }
        return new RingArgs(List.copyOf(nodes));
    }

    private static Node node(String device, String text) throws DeviceException {
        Matcher parts = NODE.matcher(text);
        if (!parts.matches()
                || WholeNumber.decode(parts.group(2), 0, MAX_NUMA_NODE).isEmpty()) {
            throw new DeviceException(("%s: %s=%s: a name, the number of a NUMA node, and CREATE or"
                    + " ATTACH are needed, as in r0:0:CREATE").formatted(device, KEY,
                    text.replaceAll("[^\\x20-\\x7e]", "?")));
        }
        return new Node(parts.group(1), parts.group(3).equals("CREATE"));
    }
}
