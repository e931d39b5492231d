// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the process when its start takes too long, or when no bundle takes over the command after
 * the start of the framework. Otherwise such a process would wait forever.
 */
final class StartLimit {
    private static final long POLL_MILLIS = 100;

    private final Launch launch;
    private final Duration limit;
    private final Duration begin;
    private final CountDownLatch started = new CountDownLatch(1);

    /**
     * @param limit until the framework has started
     * @param begin from then until a bundle has taken over the command; most components are
     *     activated before
     */
    StartLimit(Launch launch, Duration limit, Duration begin) {
        this.launch = launch;
        this.limit = limit;
        this.begin = begin;
        Thread thread = new Thread(this::run, "start-limit");
        thread.setDaemon(true);
        thread.start();
    }

    /** Notes that the framework has started. */
    void reached() {
        started.countDown();
    }

    private void run() {
        try {
            if (!started.await(limit.toSeconds(), TimeUnit.SECONDS)) {
                Main.end("the start is not complete after " + limit.toSeconds() + " s: "
                        + Hang.where() + " (bundles not started: "
                        + String.join(", ", launch.notStarted()) + ")", 1);
            }
            long end = System.nanoTime() + begin.toNanos();
            while (!launch.commandHasBegun()) {
                if (System.nanoTime() > end) {
                    Main.end(whyNotBegun(), 1);
                }
                Thread.sleep(POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String whyNotBegun() {
        return "no bundle has begun the command '" + launch.command() + "' within "
                + begin.toSeconds() + " s of the start (bundles not started: "
                + (launch.notStarted().isEmpty() ? "none"
                        : String.join(", ", launch.notStarted()))
                + "; errors above say why)";
    }
}
