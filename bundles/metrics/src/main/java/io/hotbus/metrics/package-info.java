// SPDX-License-Identifier: Apache-2.0
/** Metrics for Prometheus, by HTTP. */
package io.hotbus.metrics;
