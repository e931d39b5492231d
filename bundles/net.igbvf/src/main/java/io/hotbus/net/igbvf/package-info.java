// SPDX-License-Identifier: Apache-2.0
/**
 * The poll-mode driver of the virtual functions of Intel's 82576 (8086:10ca) and I350 (8086:1520),
 * whose physical function the kernel has: one queue in each direction, checksums, insertion of VLAN
 * tags and TCP segmentation by the chip, long frames, its address, multicast addresses and VLANs by
 * the mailbox, and the link. Only 8086:10ca was tried, in QEMU.
 *
 * <p>Source: Intel's data sheets of these chips; see {@link io.hotbus.pmd.intel}. The messages in
 * the mailbox are those of Linux' driver of the physical function.
 *
 * <p>A reset of the physical function takes all settings of its virtual functions. {@link
 * io.hotbus.net.igbvf.VfSetup} notices it, and the port is set up again. The function may be gone
 * at any moment; see {@link io.hotbus.pmd.pci}.
 */
package io.hotbus.net.igbvf;
