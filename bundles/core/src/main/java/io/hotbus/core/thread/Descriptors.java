// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.thread;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The descriptors an {@link EventLoop} watches, and whether it polls them at the moment. */
final class Descriptors {
    record Watched(int fd, Runnable reader) {
    }

    /** By descriptor. Guarded by this, as all that follow. */
    private final Map<Integer, Watched> watched = new LinkedHashMap<>();
    private long polls;
    private boolean polling;

    /** Polled from the next poll on. Returns what the same descriptor was watched for before. */
    synchronized Optional<Watched> add(int fd, Runnable reader) {
        return Optional.ofNullable(watched.put(fd, new Watched(fd, reader)));
    }

    /** Whether it was there; it may still be polled. */
    synchronized boolean remove(Watched one) {
        return watched.remove(one.fd(), one);
    }

    /** Removes it and returns when it is not polled any more: {@code wake} ends the poll. */
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

    /** What is to be polled now. */
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
