// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A service of another bundle. Counts the threads inside the service, so that the service can be
 * removed when no call runs in it. Any thread.
 *
 * @param <T> the type of the service
 */
public final class PlugIn<T> {
    /** A call of the service. */
    @FunctionalInterface
    public interface Call<T, R, X extends Exception> {
        R apply(T service) throws X;
    }

    private final T service;
    private volatile ServiceProperties properties;
    /** How many nested calls each thread has inside the service. Guarded by this. */
    private final Map<Thread, Integer> inside = new HashMap<>();
    /** Guarded by this. */
    private boolean leaving;

    PlugIn(T service, ServiceProperties properties) {
        this.service = service;
        this.properties = properties;
    }

    /**
     * Calls the service. Empty if the service is being removed, or if {@code call} returns null.
     *
     * @throws X what {@code call} throws
     */
    public <R, X extends Exception> Optional<R> call(Call<T, R, X> call) throws X {
        if (!enter()) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(call.apply(service));
        } finally {
            leave();
        }
    }

    /** The service itself, for comparisons; calls go through {@link #call}. */
    public T service() {
        return service;
    }

    /** The current properties of the service. */
    public ServiceProperties properties() {
        return properties;
    }

    void update(ServiceProperties now) {
        properties = now;
    }

    private synchronized boolean enter() {
        if (leaving) {
            return false;
        }
        inside.merge(Thread.currentThread(), 1, Integer::sum);
        return true;
    }

    private synchronized void leave() {
        inside.merge(Thread.currentThread(), -1, (depth, one) -> depth > 1 ? depth - 1 : null);
        notifyAll();
    }

    /**
     * Rejects further calls and waits for the calls of other threads. Does not wait for the calling
     * thread's own calls: a service may cause its own removal.
     *
     * @return whether all calls have returned; false after {@code patience}
     */
    synchronized boolean drain(Duration patience) {
        leaving = true;
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        while (othersInside()) {
            long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                break;
            }
            try {
                wait(millis);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !othersInside();
    }

    private boolean othersInside() {
        return inside.size() > (inside.containsKey(Thread.currentThread()) ? 1 : 0);
    }

    /** Bundle and class of the service, for the log. */
    @Override
    public String toString() {
        return ServiceName.of(service);
    }
}
