// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.e1000e;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.pmd.eth.ResetRequests;
import java.time.Duration;
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

    /** A chip that stands still twice within this time is wedged. */
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private final E1000eChip chip;
    private final E1000eDev dev;
    private final ResetRequests requests;
    private final E1000eProgress progress;
    /** When the chip was last found to stand still; empty: never. */
    private OptionalLong stoodStill = OptionalLong.empty();
    /** Why the chip is of no use though it is there, if the present check has found that. */
    private Optional<String> wedged = Optional.empty();
    /** The last log message about configuration space. */
    private Optional<String> told = Optional.empty();

    E1000eRecovery(E1000eChip chip, E1000eDev dev, Port port, PortRegistry ports,
            Limits limits) {
        this.chip = chip;
        this.dev = dev;
        this.requests = new ResetRequests(port, ports, limits.reaction());
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
        wedged = Optional.empty();
        Optional<String> unusable = requests.look(dev.setup().current(), () -> {
            Optional<String> why = wasSilent
                    ? Optional.of("its registers did not answer for a while")
                    : config.or(() -> dev.setup().look(started -> started.difference(chip)));
            return ifThere(why.isPresent() ? why
                    : dev.setup().look(now -> progress.look(now, status))
                            .flatMap(this::toldOfStandstill));
        });
        return wedged.or(() -> unusable);
    }

    /** A chip that stands still is set up again once. If it stands still again, it is wedged. */
    private Optional<String> toldOfStandstill(String reason) {
        long now = System.nanoTime();
        OptionalLong before = stoodStill;
        stoodStill = OptionalLong.of(now);
        if (before.isEmpty() || now - before.getAsLong() >= PERIOD.toNanos()) {
            return Optional.of(reason);
        }
        wedged = Optional.of("it is there, but stands still again after it was set up again: "
                + reason + " (turn its slot, or the machine, off and on)");
        return Optional.empty();
    }

    /** The reason, unless the chip has just gone: the next check handles that. */
    private Optional<String> ifThere(Optional<String> reason) {
        if (reason.isEmpty() || chip.device().isGone() || chip.isSilent()) {
            return Optional.empty();
        }
        LOG.warn("{}: is not as it was left: {}: its port has to be set up again", chip.device(),
                reason.get());
        return reason;
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
