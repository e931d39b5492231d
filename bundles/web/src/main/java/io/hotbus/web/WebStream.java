// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web;

import io.hotbus.eal.hotplug.Lease;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Writes the events of a page to a browser: a body of the type {@value #TYPE}. */
public final class WebStream {
    /** The media type. */
    public static final String TYPE = "text/event-stream";
    private static final int WAITING = 16;
    private static final byte[] BEGIN = "retry: 500\n\n".getBytes(StandardCharsets.UTF_8);

    private WebStream() {
    }

    /**
     * Writes events as they come, on the thread of the caller, which a slow browser blocks. What a
     * slow browser misses is left out: the next state says all.
     *
     * @param life   after this the stream ends, and the browser asks for the next
     * @param goesOn whether the browser may still read; asked once a second or more often
     * @throws IOException the browser went
     * @throws InterruptedException the server ends
     */
    public static void copy(WebPage page, OutputStream out, Duration life, BooleanSupplier goesOn)
            throws IOException, InterruptedException {
        final long end = System.nanoTime() + life.toNanos();
        final BlockingQueue<byte[]> events = new ArrayBlockingQueue<>(WAITING);
        try (Lease watch = page.watch(events::offer)) {
            out.write(BEGIN);
            while (System.nanoTime() - end < 0 && goesOn.getAsBoolean()) {
                final byte[] event = events.poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    out.write(event);
                    out.flush();
                }
            }
        }
    }
}
