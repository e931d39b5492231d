// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy.sample;

/** Looks for a card for long, and finds none. */
public final class SlowlyThrowingComponent {
    private static final long SEARCH_MILLIS = 1_000;

    public SlowlyThrowingComponent() throws InterruptedException {
        Thread.sleep(SEARCH_MILLIS);
        throw new IllegalStateException("no such card");
    }
}
