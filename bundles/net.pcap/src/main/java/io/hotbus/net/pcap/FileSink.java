// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.eth.QueueSetup;
import java.util.Optional;

/** A file that is written by one queue, or a queue's part of a file that several write. */
final class FileSink implements Sink {
    private final CaptureFile file;
    private final WallClock clock;
    private FileTxQueue queue;

    FileSink(CaptureFile file, WallClock clock) {
        this.file = file;
        this.clock = clock;
    }

    @Override
    public String name() {
        return file.file().path().toString();
    }

    @Override
    public TxQueue queue(QueueSetup setup) {
        flush();
        queue = new FileTxQueue(file, clock, setup.counters());
        return queue;
    }

    @Override
    public void stop() {
        flush();
    }

    private void flush() {
        if (queue != null) {
            queue.flush();
        }
    }

    @Override
    public Optional<String> look() {
        flush();
        clock.adjust();
        return file.look();
    }

    @Override
    public void close() {
        flush();
        queue = null;
        file.close();
    }
}
