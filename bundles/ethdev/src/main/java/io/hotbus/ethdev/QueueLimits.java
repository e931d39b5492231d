// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/**
 * How many receive or transmit queues a device can have, and how long their rings may be.
 *
 * @param maxQueues      queues it can have, at least 1
 * @param minDescriptors smallest number of descriptors of a queue
 * @param maxDescriptors largest number of descriptors of a queue
 */
public record QueueLimits(int maxQueues, int minDescriptors, int maxDescriptors) {
}
