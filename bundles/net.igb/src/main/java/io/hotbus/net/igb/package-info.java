// SPDX-License-Identifier: Apache-2.0
/**
 * The poll-mode driver of Intel's 82576 (8086:10c9), which QEMU calls igb, I350 (8086:1521) and
 * I210 (8086:1533), and of their siblings with copper ports: up to 16 queues in each direction with
 * RSS, checksums, VLAN tags and TCP segmentation by the chip, long frames, filters, the link and
 * the statistics. Only 8086:10c9 was tried, in QEMU.
 *
 * <p>Source: Intel's data sheets of these chips; see {@link io.hotbus.pmd.intel}. Not driven:
 * SerDes and SGMII, flow control, wake-up, time stamps, header splitting, the pools of queues for
 * virtual machines, and the virtual functions of a chip that this driver has. Those of a chip that
 * the kernel has are driven by net.igbvf.
 *
 * <p>The device may be gone at any moment. Bursts access host memory and write one doorbell, so
 * they continue with nothing to do. Every wait has a deadline, and ends at once if registers read
 * all-ones, or zero where that is impossible. {@link io.hotbus.pmd.pci} checks the device ten times
 * a second and reports a removal.
 */
package io.hotbus.net.igb;
