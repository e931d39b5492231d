// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks for a new setup of a port whose started device is not as it was left, and tells when that is
 * of no use. Thread {@code interrupt}.
 */
public final class ResetRequests {
    /** How many times the port may be set up again within {@link #PERIOD}. */
    private static final int MOST = 8;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final Port port;
    private final PortRegistry ports;
    private final Duration reaction;
    /** The setup that must be replaced, or null. */
    private Object lost;
    private long lostSince;
    /** The times within the period when the port was set up again, the latest last. */
    private final Deque<Long> requests = new ArrayDeque<>();

    /** {@code reaction}: an application stops the port within this time, or never. */
    public ResetRequests(Port port, PortRegistry ports, Duration reaction) {
        this.port = port;
        this.ports = ports;
        this.reaction = reaction;
    }

    /**
     * Checks the device, unless a new setup was requested already.
     *
     * @param setup  what the last start has created, another object for each start; empty while the
     *               device is not started
     * @param reason why the device has to be set up again, if it has to
     * @return why the device cannot be used, if it cannot
     */
    public Optional<String> look(Optional<?> setup, Supplier<Optional<String>> reason) {
        if (setup.isEmpty() || setup.get() != lost) {
            lost = null;
            return setup.flatMap(started -> reason.get().flatMap(why -> ask(started, why)));
        }
        return System.nanoTime() - lostSince > reaction.toNanos()
                ? Optional.of("its port was not stopped within %s ms to be set up again"
                        .formatted(reaction.toMillis()))
                : Optional.empty();
    }

    private Optional<String> ask(Object started, String why) {
        long now = System.nanoTime();
        requests.removeIf(time -> now - time > PERIOD.toNanos());
        if (requests.size() == MOST) {
            return Optional.of("it had to be set up again %s times within %s s, and now: %s"
                    .formatted(MOST, PERIOD.toSeconds(), why));
        }
        requests.addLast(now);
        lost = started;
        lostSince = now;
        ports.resetNeeded(port);
        return Optional.empty();
    }
}
