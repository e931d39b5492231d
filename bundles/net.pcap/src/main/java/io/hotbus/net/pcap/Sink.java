// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.Optional;

/**
 * Where a transmit queue puts its frames: a file or an interface. Control threads, and {@link
 * #look} on the watch thread; a call at a time.
 */
interface Sink {
    /** Names it for messages. */
    String name();

    /** Creates the queue that sends frames there, and replaces an earlier one. */
    TxQueue queue(QueueSetup setup) throws DeviceException;

    /** Begins to send. The queue was created. No burst is running. */
    default void start() throws DeviceException {
    }

    /**
     * Passes on the frames that were sent so far, started or not. No burst is running. Idempotent.
     */
    void stop();

    /**
     * Passes on the frames that were sent so far, and logs what the queue has met since the last
     * call. Returns why the sink is gone; empty while it is there. A burst may be running.
     */
    Optional<String> look();

    /** Passes on the last frames and releases it. No burst will run. Idempotent. */
    void close();
}
