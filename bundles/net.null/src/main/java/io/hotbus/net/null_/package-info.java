// SPDX-License-Identifier: Apache-2.0
/**
 * The null PMD: receives packets out of nothing and sends them nowhere, to measure everything else.
 * The underscore is there because {@code null} is a Java keyword. Source: DPDK
 * {@code drivers/net/null}.
 */
package io.hotbus.net.null_;
