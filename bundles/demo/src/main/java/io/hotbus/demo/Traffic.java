// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.StreamStats;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Reads the forwarding counters of the device that is pulled out, and of the other devices. */
final class Traffic {
    private final Forwarder forwarder;
    private final Predicate<StreamStats> throughVictim;
    private final Predicate<StreamStats> throughOthers;

    Traffic(Forwarder forwarder, String victim, Set<String> others) {
        this.forwarder = forwarder;
        this.throughVictim = stream -> stream.involves(victim);
        this.throughOthers = stream -> others.contains(stream.rxPort());
    }

    /** Packets that have gone through the device so far. */
    long victimPackets() {
        return sent(throughVictim);
    }

    /** Packets that have gone through the other ports so far. */
    long otherPackets() {
        return sent(throughOthers);
    }

    private long sent(Predicate<StreamStats> which) {
        return streams(which).stream().mapToLong(StreamStats::sent).sum();
    }

    /** Packets put on the transmit queues of the other ports when forwarding started. */
    long otherInjected() {
        return streams(throughOthers).stream().mapToLong(StreamStats::injected).sum();
    }

    /** The counters of the other ports' streams, for messages. */
    List<StreamStats> others() {
        return streams(throughOthers);
    }

    /** Whether packets have gone through the device in both directions after {@code time}. */
    boolean victimForwardsSince(long time) {
        List<StreamStats> streams = streams(throughVictim);
        return streams.size() > 1 && streams.stream().allMatch(stream -> stream.running()
                && stream.firstPacketNanos() != 0 && stream.firstPacketNanos() - time > 0);
    }

    /** The time of the first packet in the direction that started to forward later. */
    long victimForwardedAt() {
        return streams(throughVictim).stream().mapToLong(StreamStats::firstPacketNanos)
                .reduce((a, b) -> a - b > 0 ? a : b).orElseThrow();
    }

    private List<StreamStats> streams(Predicate<StreamStats> which) {
        return forwarder.statistics().stream().filter(which).toList();
    }
}
