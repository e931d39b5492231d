// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * An event of a port. Source: DPDK {@code enum rte_eth_event_type}.
 *
 * @param kind      what happened
 * @param port      the port; after DESTROY only its name and device may be asked for
 * @param timeNanos when it happened, on the clock of {@link System#nanoTime}
 */
public record EthEvent(Kind kind, Port port, long timeNanos) {
    /** The kinds of events. */
    public enum Kind {
        /** The port is there. */
        NEW,
        /** The port is gone for good. */
        DESTROY,
        /** The link went up or down. */
        INTR_LSC,
        /**
         * The device has lost its settings, for example by a reset from outside: stop the port and
         * start it again. The driver keeps the configuration. If the port is not stopped within
         * seconds, the device counts as removed.
         */
        INTR_RESET,
        /** The device was pulled out: stop, close, detach. */
        INTR_RMV
    }
}
