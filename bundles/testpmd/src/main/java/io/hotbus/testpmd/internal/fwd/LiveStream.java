// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.app.Lcore;
import io.hotbus.testpmd.FwdStream;
import io.hotbus.testpmd.StreamStats;
import io.hotbus.testpmd.internal.fwd.Pairing.Route;

/** A stream that was started, and its lcore. Guarded by the forwarder's monitor. */
final class LiveStream {
    /**
     * Identifies streams: successive streams on the same queues of the same devices are counted
     * together.
     */
    record Key(String rx, String tx, int queue) {
    }

    final Route route;
    final FwdStream stream;
    final FwdTask task;
    final Lcore lcore;
    /** Packets put on its transmit queue before it started. */
    final long injected;
    /** Whether its engine threw, so that it is not served any more. */
    boolean failed;

    LiveStream(Route route, FwdTask task, Lcore lcore, long injected) {
        this.route = route;
        this.stream = task.stream();
        this.task = task;
        this.lcore = lcore;
        this.injected = injected;
    }

    Key key() {
        return new Key(route.rx().name(), route.tx().name(), route.queue());
    }

    /** Its counters, with those of the streams before it. */
    StreamStats statistics(StreamStats before, boolean served) {
        return new StreamStats(before.rxPort(), before.txPort(), route.rx().id(), route.tx().id(),
                before.queue(), served && !failed ? lcore.name() : "",
                before.received() + stream.received(), before.sent() + stream.sent(),
                before.dropped() + stream.dropped(), before.injected() + injected,
                before.badIpChecksums() + stream.badIpChecksums(),
                before.badL4Checksums() + stream.badL4Checksums(), stream.firstPacketNanos());
    }

    /** The counters of no stream. */
    static StreamStats none(Key key) {
        return new StreamStats(key.rx(), key.tx(), 0, 0, key.queue(), "", 0, 0, 0, 0, 0, 0, 0);
    }
}
