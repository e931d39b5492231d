// SPDX-License-Identifier: Apache-2.0
package io.hotbus.history.internal;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.history.Removal;
import io.hotbus.history.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A removal of which more may become known. For the thread that journals. */
final class OpenRemoval {
    /** A device that cannot be attached again fails to be so again and again. */
    static final int MAX_STEPS = 64;

    private final long number;
    private final DeviceEvent event;
    private final RemovalCause cause;
    /** On the clock of {@link System#nanoTime}. */
    private final long firstSign;
    private final Instant time;
    private final List<Step> steps = new ArrayList<>();
    private Optional<Long> detached = Optional.empty();
    private Optional<Long> returned = Optional.empty();
    private boolean forwarding;

    OpenRemoval(long number, DeviceEvent event, RemovalCause cause, long firstSign) {
        this.number = number;
        this.event = event;
        this.cause = cause;
        this.firstSign = firstSign;
        this.time = Instant.now().minusNanos(System.nanoTime() - firstSign);
    }

    /**
     * Takes the step down. Returns whether that is a point of the removal which shall be kept: the
     * device is detached, is back, or forwards again.
     */
    boolean add(DeviceStep step) {
        if (steps.size() < MAX_STEPS) {
            steps.add(new Step(step.kind(), step.name(), step.thread(),
                    step.beginNanos() - firstSign, step.endNanos() - firstSign, step.failure()));
        }
        if (step.bus().isEmpty() || step.failure().isPresent()) {
            return false;
        }
        final long after = step.endNanos() - firstSign;
        return switch (step.kind()) {
            case DETACH -> {
                final boolean first = detached.isEmpty();
                detached = Optional.of(detached.orElse(after));
                yield first;
            }
            case PROBE -> {
                final boolean first = detached.isPresent() && returned.isEmpty();
                if (first) {
                    returned = Optional.of(after);
                }
                yield first;
            }
            case FORWARD_START -> {
                forwarding = returned.isPresent();
                yield forwarding;
            }
            default -> false;
        };
    }

    /** Whether the step was under way after the first sign. */
    boolean concerns(DeviceStep step) {
        return step.endNanos() - firstSign >= 0;
    }

    /** Whether the device is back and forwards again, or has been back for {@code nanos}. */
    boolean isOver(long now, long nanos) {
        return forwarding
                || returned.isPresent() && now - firstSign - returned.get() > nanos;
    }

    /** Whether the device is neither back nor away for good: what else happens may matter. */
    boolean isUnderWay() {
        return detached.isEmpty();
    }

    /** What is known. */
    Removal removal() {
        return new Removal(number, time, event.bus(), event.name(), cause, steps, detached,
                returned);
    }
}
