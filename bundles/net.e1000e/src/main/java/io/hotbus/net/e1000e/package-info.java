// SPDX-License-Identifier: Apache-2.0
/**
 * The poll-mode driver of the Intel 82574 (8086:10d3), which QEMU calls e1000e: two queues in each
 * direction with RSS, checksums, VLAN tags and TCP segmentation by the chip, long frames, filters,
 * the link, the statistics, and one interrupt for the link and received packets.
 *
 * <p>Source: Intel, <i>82574 GbE Controller Family Datasheet</i>, revision 3.4; section numbers are
 * of it. Not driven: flow control, wake-up, time stamps, packet split, single MSI-X vectors of
 * queues, and the PHY, which negotiates by itself.
 *
 * <p>What other gigabit chips have, too, is in {@link io.hotbus.pmd.intel}. Here is what the 82574
 * has of its own: its reset, and its descriptors. A port without offloads uses legacy descriptors,
 * others extended ones.
 *
 * <p>The device may be gone at any moment. Bursts access host memory and write one doorbell, so
 * they continue with nothing to do. Every wait has a deadline, and ends at once if registers read
 * all-ones, or zero where that is impossible. {@link io.hotbus.pmd.pci} checks the device ten times
 * a second and reports a removal.
 */
package io.hotbus.net.e1000e;
