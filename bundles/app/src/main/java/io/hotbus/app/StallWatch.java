// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import io.hotbus.eal.hotplug.DeviceEvents;
import io.hotbus.eal.hotplug.DeviceStep;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds lcores that do not come round to their next poll for {@value #LIMIT_MILLIS} ms or longer: a
 * burst that hangs, a machine that is too busy, a pause of the collector. When such an lcore polls
 * again, its stall is published as a step.
 *
 * <p>A thread of its own, {@code lcore-watch}, asks each lcore every {@value #PERIOD_MILLIS} ms to
 * take up its work anew, and looks whether it has; the loop of an lcore reads no clock for that.
 */
public final class StallWatch implements AutoCloseable {
    /** How long an lcore may take for one round, in milliseconds. */
    public static final int LIMIT_MILLIS = 50;
    private static final int PERIOD_MILLIS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);

    /** An lcore that was asked. */
    private static final class Asked {
        long since = System.nanoTime();
    }

    private final Supplier<? extends Collection<Lcore>> lcores;
    private final DeviceEvents events;
    private final Map<Lcore, Asked> asked = new IdentityHashMap<>();
    private final Thread thread = new Thread(this::run, "lcore-watch");
    private volatile boolean closed;

    /**
     * Starts to watch.
     *
     * @param lcores the lcores that are there at any time
     * @param events receives the stalls
     */
    public StallWatch(Supplier<? extends Collection<Lcore>> lcores, DeviceEvents events) {
        this.lcores = lcores;
        this.events = events;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(PERIOD_MILLIS);
            } catch (InterruptedException e) {
                return; // closed
            }
            final Collection<Lcore> now = lcores.get();
            asked.keySet().retainAll(now);
            now.forEach(this::look);
        }
    }

    private void look(Lcore lcore) {
        final Asked before = asked.get(lcore);
        if (before == null) {
            asked.put(lcore, new Asked());
            lcore.ask();
        } else if (lcore.hasComeRound()) {
            final long now = System.nanoTime();
            if (now - before.since >= TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS)) {
                LOG.debug("{}: did not poll for {} ms", lcore.name(),
                        TimeUnit.NANOSECONDS.toMillis(now - before.since));
                events.publish(new DeviceStep(DeviceStep.Kind.LCORE_STALL, "", lcore.name(),
                        lcore.name(), before.since, now, Optional.empty()));
            }
            before.since = System.nanoTime();
            lcore.ask();
        }
    }

    /** Ends the thread. Idempotent. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
