// SPDX-License-Identifier: Apache-2.0
/**
 * The bonding PMD: several ports as one, in modes 0 to 4 with DPDK's names. Members may be pulled
 * out and come back while the application uses the port. Sources: DPDK {@code drivers/net/bonding},
 * IEEE 802.1AX for LACP.
 */
package io.hotbus.net.bonding;
