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
 * <p>A port without offloads uses legacy descriptors ({@link io.hotbus.net.e1000e.E1000ePlainRx},
 * {@link io.hotbus.net.e1000e.E1000ePlainTx}), others extended ones. The choice is made when a
 * queue is set up, so that each loop does only what its port needs.
 *
 * <p>The device may be gone at any moment. Bursts access host memory and write one doorbell, so
 * they continue with nothing to do. Every wait has a deadline, and ends at once if registers read
 * all-ones, or zero where that is impossible. {@link io.hotbus.net.e1000e.E1000eWatch} checks
 * STATUS ten times a second and reports a removal.
 */
package io.hotbus.net.e1000e;
