// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows wrong passwords: the wait of a client doubles with each, and so does that of all clients,
 * from the tenth on. Any thread.
 */
final class Throttle {
    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofMinutes(5);
    /** The longest wait of clients that have done nothing wrong. */
    static final Duration LONGEST_OF_ALL = Duration.ofSeconds(4);
    private static final Duration FIRST_OF_ALL = Duration.ofMillis(250);
    private static final int FREE = 10;
    private static final int CLIENTS = 4096;
    /** A client that has tried nothing for so long begins anew. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(30);

    /** Wrong passwords in a row, and when the next one may be tried. */
    private record Failures(int count, long lastNanos, long nextNanos) {
        static final Failures NONE = new Failures(0, 0, 0);
    }

    private final LongSupplier clock;
    /** The oldest go first. Guarded by this, like the next one. */
    private final Map<String, Failures> clients = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > CLIENTS;
        }
    };
    private Failures all = Failures.NONE;

    /** {@code clock}: like {@link System#nanoTime}. */
    Throttle(LongSupplier clock) {
        this.clock = clock;
    }

    /** How long the client has to wait until it may try a password; zero: now. */
    synchronized Duration wait(String client) {
        final long now = clock.getAsLong();
        final Failures own = current(clients.getOrDefault(client, Failures.NONE), now);
        all = current(all, now);
        return Duration.ofNanos(Math.max(0, Math.max(left(own, now), left(all, now))));
    }

    private static long left(Failures failures, long now) {
        return failures.count() == 0 ? 0 : failures.nextNanos() - now;
    }

    private static Failures current(Failures failures, long now) {
        return failures.count() > 0 && now - failures.lastNanos() > FORGOTTEN.toNanos()
                ? Failures.NONE : failures;
    }

    /** The client tries a password: until it was right, this counts as wrong. */
    synchronized void tried(String client) {
        final long now = clock.getAsLong();
        final Failures own = current(clients.getOrDefault(client, Failures.NONE), now);
        clients.remove(client);
        clients.put(client, more(own, now, 0, FIRST, LONGEST));
        all = more(current(all, now), now, FREE, FIRST_OF_ALL, LONGEST_OF_ALL);
    }

    private static Failures more(
            Failures before, long now, int free, Duration first, Duration longest) {
        final int count = Math.min(before.count() + 1, 1_000_000);
        final int doublings = Math.min(20, count - free - 1);
        final long wait = doublings < 0 ? 0
                : Math.min(first.toNanos() << doublings, longest.toNanos());
        return new Failures(count, now, now + wait);
    }

    /** The password was right. */
    synchronized void succeeded(String client) {
        clients.remove(client);
        all = Failures.NONE;
    }
}
