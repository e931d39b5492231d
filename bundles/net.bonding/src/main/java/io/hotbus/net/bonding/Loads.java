// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Orders members by the capacity that they have left, as of the last 100 ms at most. Time is in
 * milliseconds. One thread at a time. Source of the times: DPDK {@code
 * bond_ethdev_update_tlb_slave_cb}.
 *
 * @param <M> members
 */
final class Loads<M> {
    /** How often members are ordered. */
    static final int PERIOD = 10;
    /** How often bytes are counted from zero again. */
    static final int WINDOW = 100;
    private static final long BYTES_IN_MILLI_AND_MEGABIT = 125;

    /**
     * What a member does.
     *
     * @param txBytes   what it has sent so far
     * @param speedMbps how fast its link is; 0 if that is unknown
     */
    record Load(long txBytes, int speedMbps) {
    }

    private final Map<M, Long> begins = new HashMap<>();
    private List<M> members = List.of();
    private SendOrder order = new SendOrder(0);
    private long begin;
    private long ordered;

    /** The order of these members, which changes from call to call while the members stay. */
    SendOrder order(List<M> senders, Map<M, Load> loads, long now) {
        if (!senders.equals(members)) {
            members = List.copyOf(senders);
            order = new SendOrder(senders.size());
            count(loads, now);
        } else if (now - begin >= WINDOW) {
            count(loads, now);
        } else if (now - ordered >= PERIOD) {
            ordered = now;
            order.set(IntStream.range(0, members.size()).boxed()
                    .sorted(Comparator.comparingLong(i -> -left(members.get(i), loads, now)))
                    .mapToInt(Integer::intValue).toArray());
        }
        return order;
    }

    private void count(Map<M, Load> loads, long now) {
        begin = now;
        ordered = now;
        begins.clear();
        members.forEach(member -> begins.put(member, loads.get(member).txBytes()));
    }

    /** How many bytes more it could have sent. */
    private long left(M member, Map<M, Load> loads, long now) {
        Load load = loads.get(member);
        return load.speedMbps() * BYTES_IN_MILLI_AND_MEGABIT * (now - begin)
                - (load.txBytes() - begins.get(member));
    }
}
