// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * Something happened to a port. Source: DPDK {@code enum rte_eth_event_type}.
 *
 * @param kind      what
 * @param port      the port; after DESTROY only its name and device may be asked for
 * @param timeNanos when, on the clock of {@link System#nanoTime}
 */
public record EthEvent(Kind kind, Port port, long timeNanos) {
    /** What can happen. */
    public enum Kind {
        /** The port is there. */
        NEW,
        /** The port is gone for good. */
        DESTROY,
        /** The link went up or down. */
        INTR_LSC,
        /**
         * The device has lost what the driver wrote to it, as by a reset from outside: stop the
         * port and start it again. The driver keeps the configuration. Where the port is not
         * stopped within seconds the device counts as removed.
         */
        INTR_RESET,
        /** The device was pulled out: stop, close, detach. */
        INTR_RMV
    }
}
