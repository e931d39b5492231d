// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Tells how busy the lcores of an application are. A service, registered by each application that
 * has lcores; telemetry, metrics and the web page ask all of them. Source: DPDK {@code
 * rte_lcore_register_usage_cb}.
 */
@ConsumerType
@FunctionalInterface
public interface LcoreUsages {
    /** The present lcores. Any thread. */
    List<LcoreUsage> lcoreUsages();
}
