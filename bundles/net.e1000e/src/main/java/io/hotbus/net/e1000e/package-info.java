// SPDX-License-Identifier: Apache-2.0
/**
 * The poll-mode driver of the Intel 82574 (8086:10d3), which QEMU calls e1000e: one receive and one
 * transmit queue with legacy descriptors, the link, the statistics, promiscuous mode.
 *
 * <p>Source: Intel, <i>82574 GbE Controller Family Datasheet</i>, revision 3.4. Not driven: the
 * second queues, offloads, VLAN and multicast filters, jumbo frames, flow control, wake-up, and the
 * PHY, which negotiates by itself.
 *
 * <p>The device may be gone at any moment. Bursts access host memory and write one doorbell, so
 * they continue with nothing to do. Every wait has a deadline, and ends at once if registers read
 * all-ones, or zero where that is impossible. {@link io.hotbus.net.e1000e.E1000eWatch} checks
 * STATUS ten times a second and reports a removal.
 */
package io.hotbus.net.e1000e;
