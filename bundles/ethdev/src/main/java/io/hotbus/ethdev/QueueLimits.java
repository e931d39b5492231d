// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * How many receive or transmit queues a device can have, how long their rings may be, and how many
 * packets suit it.
 *
 * @param maxQueues      queues it can have, at least 1
 * @param minDescriptors smallest number of descriptors of a queue
 * @param maxDescriptors largest number of descriptors of a queue
 * @param preferredBurst packets of a burst with which the device is fast; 0: it recommends none.
 *     DPDK: {@code rte_eth_dev_portconf.burst_size}
 */
public record QueueLimits(int maxQueues, int minDescriptors, int maxDescriptors,
        int preferredBurst) {
    /** Creates the limits of a device that recommends no burst size. */
    public QueueLimits(int maxQueues, int minDescriptors, int maxDescriptors) {
        this(maxQueues, minDescriptors, maxDescriptors, 0);
    }

    /** Returns a copy with another preferred burst. */
    public QueueLimits withPreferredBurst(int packets) {
        return new QueueLimits(maxQueues, minDescriptors, maxDescriptors, packets);
    }
}
