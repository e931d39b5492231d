// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The descriptors that an {@link EventLoop} watches, and whether the loop polls them at the moment.
 */
final class Descriptors {
    record Watched(int fd, Runnable reader) {
    }

    /** The watches by descriptor. Guarded by this, like all fields below. */
    private final Map<Integer, Watched> watched = new LinkedHashMap<>();
    private long polls;
    private boolean polling;

    /**
     * Adds a descriptor from the next poll on. Returns the earlier watch of the same descriptor.
     */
    synchronized Optional<Watched> add(int fd, Runnable reader) {
        return Optional.ofNullable(watched.put(fd, new Watched(fd, reader)));
    }

    /** Removes a watch; a poll may still include it. Returns whether the watch was there. */
    synchronized boolean remove(Watched one) {
        return watched.remove(one.fd(), one);
    }

    /** Removes a watch and waits until no poll includes it; {@code wake} ends the poll. */
    synchronized void removeAndAwait(Watched one, Runnable wake) {
        if (!remove(one)) {
            return;
        }
        wake.run();
        long current = polls;
        boolean interrupted = false;
        while (polling && polls == current) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized boolean contains(Watched one) {
        return one.equals(watched.get(one.fd()));
    }

    /** Begins a poll. Returns the descriptors to poll. */
    synchronized List<Watched> beginPoll() {
        polling = true;
        polls++;
        return List.copyOf(watched.values());
    }

    synchronized void endPoll() {
        polling = false;
        notifyAll();
    }
}
