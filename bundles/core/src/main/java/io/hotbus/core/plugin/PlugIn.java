// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.plugin;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A service of another bundle, with the threads that are inside it counted, so that it is left only
 * when no call runs in it any more. Any thread.
 *
 * @param <T> the type of the service
 */
public final class PlugIn<T> {
    /** What is done with the service. */
    @FunctionalInterface
    public interface Call<T, R, X extends Exception> {
        R apply(T service) throws X;
    }

    private final T service;
    private volatile ServiceProperties properties;
    /** How deep each thread is inside. Guarded by this. */
    private final Map<Thread, Integer> inside = new HashMap<>();
    /** Guarded by this. */
    private boolean leaving;

    PlugIn(T service, ServiceProperties properties) {
        this.service = service;
        this.properties = properties;
    }

    /**
     * Calls the service; empty where it is being left, or where {@code call} returns null.
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

    /** What it is registered with now. */
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
     * Lets no further call in and waits for those of other threads that are inside. The calling
     * thread's own are not waited for: a service may bring about its own end.
     *
     * @return whether none is left inside; false after {@code patience}
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

    /** For the log: its bundle and class. */
    @Override
    public String toString() {
        return ServiceName.of(service);
    }
}
