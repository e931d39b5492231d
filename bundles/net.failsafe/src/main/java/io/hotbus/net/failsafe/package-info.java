// SPDX-License-Identifier: Apache-2.0
/**
 * The failsafe PMD: a port on other ports, of which one sends and all receive. Its devices may be
 * pulled out and come back while the application uses the port. Source: DPDK {@code
 * drivers/net/failsafe}.
 */
package io.hotbus.net.failsafe;
