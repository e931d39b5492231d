// SPDX-License-Identifier: Apache-2.0
/**
 * The ring PMD passes packets from a transmit queue to a receive queue through a ring of pointers:
 * of the same port, or of other ports that share the ring by its name. Source: DPDK {@code
 * drivers/net/ring}.
 */
package io.hotbus.net.ring;
