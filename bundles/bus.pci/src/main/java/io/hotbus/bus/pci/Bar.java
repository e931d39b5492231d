// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci;

/**
 * A base address register of a function: the place of one of its memory or port regions.
 *
 * @param index        0 to 5
 * @param start        physical address, or port
 * @param length       bytes; never 0
 * @param memory       memory, not ports
 * @param prefetchable reading the region has no side effect
 */
public record Bar(int index, long start, long length, boolean memory, boolean prefetchable) {
}
