// SPDX-License-Identifier: Apache-2.0
/**
 * The null PMD receives packets from nowhere and discards what is sent, to measure everything else.
 * The package name has an underscore because {@code null} is a Java keyword. Source: DPDK
 * {@code drivers/net/null}.
 */
package io.hotbus.net.null_;
