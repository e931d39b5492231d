// SPDX-License-Identifier: Apache-2.0
/**
 * A NIC without hardware: its registers and descriptor rings are shared memory, its hardware side
 * is a thread that knows the driver by that memory only. It can be pulled out while in use, and
 * then its memory is really gone. What follows is its data sheet.
 *
 * <h2>Devargs</h2>
 * <pre>
 * net_simN        N is any number
 * queues=1..4     receive queues, and as many transmit queues (1)
 * mac=            its address (02:00:00:00:00:00 + N + 1)
 * peer=net_simM   a wire to that NIC; enough at one end, in any order; while it is away: link down
 * loopback=1      a loopback plug instead: what it sends it receives
 * flow_control=0  drops frames it has no receive descriptor for, and counts them (MPC), instead of
 *                 holding the sender back (802.3x, without loss)
 * uevent_ms=      from its removal until the bus is told of it, 0 to 10000 (100)
 * </pre>
 *
 * <h2>Memory</h2>
 * One memfd. BAR0, 128 KiB: registers. BAR2, 512 KiB: memory for descriptor rings. Both are mapped
 * by the driver as windows that read all-ones once the NIC is gone. Packet buffers lie outside: the
 * NIC reaches them by DMA, through an IOMMU that lets it at the mempools of its queues and nothing
 * else.
 *
 * <h2>Registers (BAR0)</h2>
 * RO: written by the hardware only. RW: by the driver only. All are 0 after reset but where it is
 * said.
 * <pre>
 * 0x0000  CTRL      RW  bit 6 SLU: set link up. bit 26 RST: reset; reads as 1 until done
 * 0x0008  STATUS    RO  bit 0 FD, always 1. bit 1 LU: the link is up, which takes SLU at both ends.
 *                       bit 6 SLU: CTRL.SLU as it is in effect
 * 0x4010  MPC       RO  64 bits: frames dropped for want of a receive descriptor or queue
 * 0x4018  ROC       RO  64 bits: frames dropped, longer than RLPML or than all buffers of a ring
 * 0x4020  RXDMAERR  RO  64 bits: frames dropped, as the IOMMU refused the buffer
 * 0x4028  GPRC      RO  64 bits: frames received
 * 0x4030  GORC      RO  64 bits: bytes received, no FCS
 * 0x4080  GPTC      RO  64 bits: frames sent
 * 0x4088  GOTC      RO  64 bits: bytes sent
 * 0x4090  TXDMAERR  RO  64 bits: frames not sent: the IOMMU refused a buffer, a buffer is
 *                       empty, or the frame is longer than 9728 bytes
 * 0x4098  TNLC      RO  64 bits: frames sent while the link was down; they went nowhere
 * 0x5004  RLPML     RW  the longest frame to be received, in bytes: longer ones are dropped
 * 0x5400  RAL       RO  the address, first byte lowest. After reset: bytes 0 to 3
 * 0x5404  RAH       RO  bits 0..15: bytes 4 and 5. bit 31 AV, always 1
 *
 * Receive queue n at 0x8000 + n * 0x200, transmit queue n at 0xc000 + n * 0x200:
 * +0x000  RDBA, TDBA      RW  64 bits: where in BAR2 the ring begins, a multiple of 16
 * +0x008  RDLEN, TDLEN    RW  bytes in the ring: 64 to 4096 descriptors, a power of two
 * +0x010  SRRCTL          RW  receive only: bytes a buffer holds
 * +0x018  RXDCTL, TXDCTL  RW  bit 25 ENABLE. From 0 to 1: the registers above are taken over, the
 *                             head is set to 0; the tail must be 0 then
 * +0x020  RXIM            RW  receive only: another number than before was written here: the
 *                             next frame received raises the interrupt of the queue, once
 * +0x080  RDT, TDT        RW  the doorbell: descriptors from the head up to this one, not included,
 *                             are the hardware's
 * +0x100  RDH, TDH        RO  the head: the next descriptor the hardware will use
 * +0x108  RXQST, TXQST    RO  bit 0 RUNNING. bit 1 REJECTED: ENABLE was set with nonsense above.
 *                             Both 0: the hardware does not touch the ring
 * </pre>
 * The NIC has no address filter: it receives all frames, as if promiscuous. A frame of transmit
 * queue n arrives at the peer's receive queue n modulo those that run. Interrupts: one, when
 * STATUS.LU changes, and one for each receive queue, see RXIM.
 *
 * <h2>Descriptors</h2>
 * 16 bytes, little-endian: the buffer's I/O virtual address, then a word that the hardware writes
 * in one piece when it is done with the buffer. A frame takes one buffer or more.
 * <pre>
 * receive   bits 0..15 length in this buffer. bit 32 DD: done. bit 33 EOP: the frame ends here; it
 *           goes on in the next buffer otherwise. bit 47 RXE, with EOP: the frame is lost, see
 *           RXDMAERR
 * transmit  bits 0..15 length in this buffer. bit 24 EOP: the frame ends here; no frame is sent
 *           before its last descriptor is handed over. bit 25 IFCS: set by the driver. bit 27 RS:
 *           report.
 *           bit 32 DD: done, where RS is set; all before it are done as well. bit 33 EC: not
 *           sent, see TXDMAERR; reported without RS, too
 * </pre>
 *
 * <h2>Removal</h2>
 * When the NIC is pulled out, the hardware first ends what it is doing: from then on no buffer is
 * read or written. Then its memory goes (the memfd is truncated to 0), and the next access to it,
 * by any thread, is a SIGBUS with code BUS_ADRERR. It is the SIGBUS handler that makes the windows
 * read all-ones. The link of its peer goes down at once; the bus is told of the removal {@code
 * uevent_ms} later. No register and no descriptor ever holds all-ones: a driver that reads it
 * knows. A NIC that is plugged in again has fresh memory, in reset.
 *
 * <p>Three parties keep to the data sheet: {@link io.hotbus.net.sim.SimDriver} with {@link
 * io.hotbus.net.sim.SimDev} and its queues is the driver side; {@link io.hotbus.net.sim.SimNic}
 * with its queues, stepped by {@link io.hotbus.net.sim.SimEngine}, is the hardware side; {@link
 * io.hotbus.net.sim.SimHardware} is the machine with its slots and wires. Source of the register
 * and descriptor model: Intel, <i>PCI/PCI-X Family of Gigabit Ethernet Controllers Software
 * Developer's Manual</i> (8254x), sections 3.2 and 13.4, simplified.
 */
package io.hotbus.net.sim;
