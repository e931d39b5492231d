// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.thread.InterruptThread;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/** The interrupt thread as the thread that says so: a lease waits while a reader is inside. */
final class VfioTestInterrupts implements InterruptThread {
    private final Map<Integer, Runnable> readers = new ConcurrentHashMap<>();
    /** Held while readers run: reentrant, as a reader may close its own lease. */
    private final ReentrantLock turn = new ReentrantLock();

    @Override
    public Lease watch(int fd, Runnable reader) {
        if (readers.putIfAbsent(fd, reader) != null) {
            throw new IllegalStateException("watched already: " + fd);
        }
        return () -> {
            turn.lock();
            readers.remove(fd);
            turn.unlock();
        };
    }

    @Override
    public Lease every(Duration period, Runnable task) {
        throw new UnsupportedOperationException();
    }

    /** As if all that is watched were readable; each reader finds out whether it is. */
    void turn() {
        turn.lock();
        try {
            readers.values().forEach(Runnable::run);
        } finally {
            turn.unlock();
        }
    }

    int watched() {
        return readers.size();
    }
}
