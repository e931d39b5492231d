// SPDX-License-Identifier: Apache-2.0
/**
 * The poll-mode driver of the Intel 82574 (8086:10d3), which QEMU calls e1000e: one receive and one
 * transmit queue with legacy descriptors, the link, the statistics, promiscuous mode.
 *
 * <p>Source: Intel, <i>82574 GbE Controller Family Datasheet</i>, revision 3.4. Not driven: the
 * second queues, offloads, VLAN and multicast filters, jumbo frames, flow control, wake-up, and the
 * PHY, which negotiates by itself.
 *
 * <p>The device may be gone at any moment, and this is where it shows: the bursts touch memory of
 * ours and write one doorbell, so they go on with nothing to do; every wait has a deadline and ends
 * at once where registers read all-ones, or zero where they cannot; {@link
 * io.hotbus.net.e1000e.E1000eWatch} looks at STATUS ten times a second and tells.
 */
package io.hotbus.net.e1000e;
