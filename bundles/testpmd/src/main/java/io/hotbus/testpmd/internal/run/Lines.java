// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of a stream. A separate thread reads one line ahead, so that, unlike a read of the
 * standard input, waiting for a line can be interrupted.
 */
final class Lines {
    private static final Logger LOG = LoggerFactory.getLogger(Lines.class);

    private final BufferedReader reader;
    /** The next line; empty at the end. */
    private final BlockingQueue<Optional<String>> next = new SynchronousQueue<>();

    Lines(BufferedReader reader) {
        this.reader = reader;
        Thread thread = new Thread(this::read, "lines");
        thread.setDaemon(true);
        thread.start();
    }

    /** Waits for the next line; empty at the end. Do not call it again after the end. */
    Optional<String> next() throws InterruptedException {
        return next.take();
    }

    private void read() {
        try {
            Optional<String> line;
            do {
                line = line();
                next.put(line);
            } while (line.isPresent());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> line() {
        try {
            return Optional.ofNullable(reader.readLine());
        } catch (IOException e) {
            LOG.error("commands can be read no longer: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
