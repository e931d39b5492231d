// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * How many receive or transmit queues a device can have, and how long their rings may be.
 *
 * @param maxQueues      queues it can have, at least 1
 * @param minDescriptors of a queue
 * @param maxDescriptors of a queue
 */
public record QueueLimits(int maxQueues, int minDescriptors, int maxDescriptors) {
}
