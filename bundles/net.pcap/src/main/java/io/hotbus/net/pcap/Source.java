// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.Optional;

/**
 * What a receive queue gets its frames from: a file or an interface. Control threads, and {@link
 * #look} on the watch thread; a call at a time.
 */
interface Source {
    /** Names it for messages. */
    String name();

    /** Creates the queue that receives the frames, and replaces an earlier one. */
    RxQueue queue(QueueSetup setup) throws DeviceException;

    /**
     * Begins: with the first frame of a file, or with the next one of an interface. The queue was
     * created. No burst is running.
     */
    void start() throws DeviceException;

    /** Receives nothing more, started or not. No burst is running. Idempotent. */
    default void stop() {
    }

    /** How many frames were lost before a queue could receive them. Any thread. */
    default long missed() {
        return 0;
    }

    /**
     * Logs what the queue has met since the last call. Returns why the source is gone; empty while
     * it is there.
     */
    Optional<String> look();

    /** Releases it. No burst will run. Idempotent. */
    void close();
}
