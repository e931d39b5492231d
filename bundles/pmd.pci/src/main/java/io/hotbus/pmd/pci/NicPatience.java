// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.pci;

import java.time.Duration;

/**
 * How long a driver waits before it decides.
 *
 * @param standstill how long a queue with work for the device may stand still
 * @param reaction   an application stops the port within this time, or never
 */
public record NicPatience(Duration standstill, Duration reaction) {
    private static final Duration REACTION = Duration.ofSeconds(10);

    /** The patience of a driver whose queues may stand still so long. */
    public static NicPatience of(Duration standstill) {
        return new NicPatience(standstill, REACTION);
    }
}
