// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.thread;

import io.hotbus.eal.hotplug.Lease;
import java.time.Duration;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The thread {@code interrupt}: waits for the descriptors by which the kernel reports interrupts,
 * errors and requests of devices, and runs short periodic tasks. A service of the core bundle; its
 * methods are for any control thread. Source: DPDK {@code rte_intr_callback_register}, {@code
 * rte_eal_alarm_set}.
 *
 * <p>Readers and tasks must not block, because every device waits for them. Their exceptions are
 * logged.
 */
@ProviderType
public interface InterruptThread {
    /**
     * Runs {@code reader} whenever {@code fd} is readable or has an error, until the lease is
     * closed. The close returns when the reader does not run and never will, so the descriptor may
     * be closed afterwards, and its file is released then. If the reader itself closes the lease,
     * the close returns at once. Another thread that closes it must not hold a lock that the reader
     * takes.
     */
    Lease watch(int fd, Runnable reader);

    /**
     * Runs {@code task} every {@code period}, first after one period, until the lease is closed in
     * the same way.
     */
    Lease every(Duration period, Runnable task);
}
