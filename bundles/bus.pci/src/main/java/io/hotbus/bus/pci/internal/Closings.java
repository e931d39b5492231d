// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The functions that are detached, and that the kernel is still closing. With vfio that takes as
 * long as a reset. A detach does not wait for it; whatever uses the function next does. Any thread.
 */
final class Closings {
    private static final Logger LOG = LoggerFactory.getLogger(Closings.class);

    /** The last close of each function, also if it is done. */
    private final Map<PciAddress, CompletableFuture<Void>> last = new ConcurrentHashMap<>();
    private final Supplier<Duration> limit;

    /** {@code limit}: how long a call may wait for the kernel. */
    Closings(Supplier<Duration> limit) {
        this.limit = limit;
    }

    /** Notes that the function is being closed until {@code closed} is done. */
    void add(PciAddress address, CompletableFuture<Void> closed) {
        last.put(address, closed);
    }

    /**
     * Waits until the function is closed.
     *
     * @throws DeviceException it is not, within the limit
     */
    void await(PciAddress address) throws DeviceException {
        CompletableFuture<Void> closed = last.get(address);
        Duration most = limit.get();
        if (closed != null && !isDone(closed, most.toNanos())) {
            throw new DeviceException(("%s: the kernel has not closed it within %s ms after its "
                    + "last detach (dmesg may say what it waits for; try again later)").formatted(
                    address, most.toMillis()));
        }
    }

    /**
     * Waits until all functions are closed, or the limit has passed. The kernel goes on with those
     * that are left, also after the end of this process.
     */
    void awaitAll() {
        long end = System.nanoTime() + limit.get().toNanos();
        last.forEach((address, closed) -> {
            if (!isDone(closed, end - System.nanoTime())) {
                LOG.warn("{}: the kernel is still closing it, and goes on with that by itself",
                        address);
            }
        });
    }

    private static boolean isDone(CompletableFuture<Void> closed, long nanos) {
        try {
            closed.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            return true; // logged where it was closed
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return true;
    }
}
