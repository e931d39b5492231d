// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Who is logged in. Any thread. */
final class Sessions {
    /** A session ends at the latest then. */
    static final Duration LONGEST = Duration.ofHours(12);
    private static final int MOST = 64;
    private static final int BYTES = 32;

    /**
     * A session.
     *
     * @param id   what the cookie has
     * @param csrf what each request that changes something has to bear besides: a page of another
     *             site does not know it
     */
    record Session(String id, String csrf) {
        /** Whether that is the token. Takes the same time for every wrong one. */
        boolean isCsrf(Optional<String> token) {
            return MessageDigest.isEqual(bytes(csrf), bytes(token.orElse("")));
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final class Use {
        final Session session;
        final long beginNanos;
        long usedNanos;

        Use(Session session, long now) {
            this.session = session;
            this.beginNanos = now;
            this.usedNanos = now;
        }
    }

    private final Duration idle;
    private final LongSupplier clock;
    private final SecureRandom random = new SecureRandom();
    /** The oldest first. Guarded by this. */
    private final Map<String, Use> entries = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Use> eldest) {
            return size() > MOST;
        }
    };

    /**
     * @param idle  how long a session lasts without a request
     * @param clock like {@link System#nanoTime}
     */
    Sessions(Duration idle, LongSupplier clock) {
        this.idle = idle;
        this.clock = clock;
    }

    synchronized Session open() {
        final Session session = new Session(text(), text());
        entries.put(session.id(), new Use(session, clock.getAsLong()));
        return session;
    }

    private String text() {
        final byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The session of that id, if there is one. {@code used}: it is used now, and lasts longer. */
    synchronized Optional<Session> find(Optional<String> id, boolean used) {
        final Use entry = id.map(entries::get).orElse(null);
        if (entry == null) {
            return Optional.empty();
        }
        final long now = clock.getAsLong();
        if (now - entry.usedNanos > idle.toNanos() || now - entry.beginNanos > LONGEST.toNanos()) {
            entries.remove(id.get());
            return Optional.empty();
        }
        if (used) {
            entry.usedNanos = now;
        }
        return Optional.of(entry.session);
    }

    synchronized void close(Session session) {
        entries.remove(session.id());
    }
}
