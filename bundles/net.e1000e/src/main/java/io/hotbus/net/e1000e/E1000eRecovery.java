// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests a new setup of a started port if another program has reset the chip, has changed its
 * registers or its configuration space, or has blocked its access to memory. Thread {@code
 * interrupt}.
 */
final class E1000eRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(E1000eRecovery.class);

    /**
     * The time limits of the driver.
     *
     * @param standstill how long a queue stands still before it is examined
     * @param reaction   an application stops the port within this time, or never
     */
    record Limits(Duration standstill, Duration reaction) {
        static final Limits DEFAULT = new Limits(Duration.ofSeconds(2), Duration.ofSeconds(10));
    }

    /** How many times the port may be set up again within {@link #PERIOD}. */
    private static final int MOST_RESETS = 8;
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final E1000eChip chip;
    private final E1000eDev dev;
    private final Port port;
    private final PortRegistry ports;
    private final Duration reaction;
    private final E1000eProgress progress;
    /** The setup that must be replaced, or null. */
    private E1000eSetup lost;
    private long lostSince;
    /** The times within the period when the port was set up again, the latest last. */
    private final Deque<Long> resets = new ArrayDeque<>();
    /** When the chip was last found to stand still; empty: never. */
    private OptionalLong stoodStill = OptionalLong.empty();
    /** The last log message about configuration space. */
    private Optional<String> told = Optional.empty();

    E1000eRecovery(E1000eChip chip, E1000eDev dev, Port port, PortRegistry ports,
            Limits limits) {
        this.chip = chip;
        this.dev = dev;
        this.port = port;
        this.ports = ports;
        this.reaction = limits.reaction();
        this.progress = new E1000eProgress(limits.standstill());
    }

    /**
     * Checks a chip that answers.
     *
     * @param status    the present value of STATUS
     * @param wasSilent whether the chip did not answer at the previous check
     * @return why the chip cannot be used, if it cannot
     */
    Optional<String> look(int status, boolean wasSilent) {
        Optional<String> config = restoreConfig();
        Optional<E1000eSetup> setup = dev.setup().current();
        if (setup.isEmpty() || setup.get() != lost) {
            lost = null;
            Optional<String> why = wasSilent
                    ? Optional.of("its registers did not answer for a while")
                    : config.or(() -> dev.setup().look(started -> started.difference(chip)));
            return setup.flatMap(started -> why.isPresent() ? ask(started, why.get())
                    : dev.setup().look(now -> progress.look(now, status))
                            .flatMap(reason -> askAfterStandstill(started, reason)));
        }
        return System.nanoTime() - lostSince > reaction.toNanos()
                ? Optional.of("its port was not stopped within %s ms to be set up again"
                        .formatted(reaction.toMillis()))
                : Optional.empty();
    }

    /** A chip that stands still is set up again once. If it stands still again, it is wedged. */
    private Optional<String> askAfterStandstill(E1000eSetup started, String reason) {
        long now = System.nanoTime();
        OptionalLong before = stoodStill;
        stoodStill = OptionalLong.of(now);
        return before.isPresent() && now - before.getAsLong() < PERIOD.toNanos()
                ? Optional.of("it is there, but stands still again after it was set up again: "
                        + reason + " (turn its slot, or the machine, off and on)")
                : ask(started, reason);
    }

    /** Requests a new setup. Returns why that is useless, if it is. */
    private Optional<String> ask(E1000eSetup started, String reason) {
        if (chip.device().isGone() || chip.isSilent()) {
            return Optional.empty(); // the next check handles that
        }
        long now = System.nanoTime();
        resets.removeIf(time -> now - time > PERIOD.toNanos());
        if (resets.size() == MOST_RESETS) {
            return Optional.of("it had to be set up again %s times within %s s, and now: %s"
                    .formatted(MOST_RESETS, PERIOD.toSeconds(), reason));
        }
        resets.addLast(now);
        LOG.warn("{}: is not as it was left: {}: its port has to be set up again", chip.device(),
                reason);
        lost = started;
        lostSince = now;
        ports.resetNeeded(port);
        return Optional.empty();
    }

    /** Lets the bus restore configuration space. Returns the changes, for messages. */
    Optional<String> restoreConfig() {
        Optional<String> found = Optional.empty();
        try {
            found = chip.device().restoreConfig();
        } catch (DeviceException e) {
            LOG.debug("{}", e.getMessage(), e);
        }
        if (found.isPresent() && !found.equals(told)) {
            LOG.warn("{}: somebody else has changed its configuration space: {}", chip.device(),
                    found.get());
        }
        told = found;
        return found;
    }
}
