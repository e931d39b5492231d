// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.thread;

import io.hotbus.eal.hotplug.Lease;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The thread {@code interrupt}: waits for the descriptors by which the kernel tells of interrupts,
 * errors and requests of devices, and runs short periodic tasks. A service of the core bundle; its
 * methods are for any control thread. Source: DPDK {@code rte_intr_callback_register}, {@code
 * rte_eal_alarm_set}.
 *
 * <p>What is handed in must not block: every device waits for it. What it throws is logged.
 */
@ProviderType
public interface InterruptThread {
    /**
     * Runs {@code reader} whenever {@code fd} is readable or has an error, until the lease is
     * closed: that returns when the reader is not running any more and never will, so the
     * descriptor may be closed after it, and is released then. Closed by the reader itself it
     * returns at once; closed by others, these hold no lock that the reader takes.
     */
    Lease watch(int fd, Runnable reader);

    /** Runs {@code task} every {@code period}, the first time after one, until closed likewise. */
    Lease every(Duration period, Runnable task);
}
