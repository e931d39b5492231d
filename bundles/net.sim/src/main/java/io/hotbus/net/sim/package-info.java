// SPDX-License-Identifier: Apache-2.0
/**
 * A simulated NIC. Its registers and descriptor rings are shared memory, and its hardware side is a
 * thread that communicates with the driver only through this memory. The NIC can be pulled out
 * while in use, and its memory is then really gone. The data sheet of the NIC follows.
 *
 * <h2>Devargs</h2>
 * <pre>
 * net_simN        N is any number
 * queues=1..4     receive queues, and as many transmit queues (1)
 * mac=            its address (02:00:00:00:00:00 + N + 1)
 * peer=net_simM   a wire to that NIC; one end suffices, in any order; the link is down while the
 *                 peer is away
 * loopback=1      a loopback plug instead: the NIC receives what it sends
 * flow_control=0  drops frames that have no receive descriptor, and counts them (MPC), instead of
 *                 holding the sender back (802.3x, without loss)
 * uevent_ms=      delay from the removal to the report to the bus, 0 to 10000 (100)
 * </pre>
 *
 * <h2>Memory</h2>
 * One memfd. BAR0, 128 KiB: registers. BAR2, 512 KiB: memory for descriptor rings. The driver maps
 * both as windows, which read as all-ones once the NIC is gone. Packet buffers lie outside: the NIC
 * reaches them by DMA, through an IOMMU that only allows access to the mempools of its queues.
 *
 * <h2>Registers (BAR0)</h2>
 * RO: only the hardware writes the register. RW: only the driver writes it. A register is 0 after
 * reset unless its line says otherwise.
 * <pre>
 * 0x0000  CTRL      RW  bit 6 SLU: set link up. bit 26 RST: reset; reads as 1 until done
 * 0x0008  STATUS    RO  bit 0 FD, always 1. bit 1 LU: the link is up; this needs SLU at both ends.
 *                       bit 6 SLU: the value of CTRL.SLU that is in effect
 * 0x4010  MPC       RO  64 bits: frames dropped without a receive descriptor or queue
 * 0x4018  ROC       RO  64 bits: frames dropped, longer than RLPML or than all buffers of a ring
 * 0x4020  RXDMAERR  RO  64 bits: frames dropped because the IOMMU refused the buffer
 * 0x4028  GPRC      RO  64 bits: frames received
 * 0x4030  GORC      RO  64 bits: bytes received, no FCS
 * 0x4080  GPTC      RO  64 bits: frames sent
 * 0x4088  GOTC      RO  64 bits: bytes sent
 * 0x4090  TXDMAERR  RO  64 bits: frames not sent: the IOMMU refused a buffer, a buffer is
 *                       empty, or the frame is longer than 9728 bytes
 * 0x4098  TNLC      RO  64 bits: frames sent while the link was down; these are lost
 * 0x5004  RLPML     RW  the longest frame to receive, in bytes; longer frames are dropped
 * 0x5400  RAL       RO  the address, first byte lowest. After reset: bytes 0 to 3
 * 0x5404  RAH       RO  bits 0..15: bytes 4 and 5. bit 31 AV, always 1
 *
 * Receive queue n at 0x8000 + n * 0x200, transmit queue n at 0xc000 + n * 0x200:
 * +0x000  RDBA, TDBA      RW  64 bits: the offset of the ring in BAR2, a multiple of 16
 * +0x008  RDLEN, TDLEN    RW  bytes in the ring: 64 to 4096 descriptors, a power of two
 * +0x010  SRRCTL          RW  receive only: the bytes that fit in a buffer
 * +0x018  RXDCTL, TXDCTL  RW  bit 25 ENABLE. When it changes from 0 to 1, the hardware takes over
 *                             the registers above and sets the head to 0; the tail must be 0
 * +0x020  RXIM            RW  receive only: after the driver writes a different number, the next
 *                             received frame raises the interrupt of the queue, once
 * +0x080  RDT, TDT        RW  the doorbell: the hardware owns the descriptors from the head up to,
 *                             but not including, this one
 * +0x100  RDH, TDH        RO  the head: the next descriptor that the hardware will use
 * +0x108  RXQST, TXQST    RO  bit 0 RUNNING. bit 1 REJECTED: ENABLE was set while a register above
 *                             was invalid. Both 0: the hardware does not touch the ring
 * </pre>
 * The NIC has no address filter: it receives all frames, as if promiscuous. A frame of transmit
 * queue n arrives at the peer's receive queue n modulo the number of running queues. Interrupts:
 * one when STATUS.LU changes, and one for each receive queue, see RXIM.
 *
 * <h2>Descriptors</h2>
 * 16 bytes, little-endian: the I/O virtual address of the buffer, then a word that the hardware
 * writes atomically when it is done with the buffer. A frame uses one or more buffers.
 * <pre>
 * receive   bits 0..15 length in this buffer. bit 32 DD: done. bit 33 EOP: the frame ends here;
 *           otherwise it continues in the next buffer. bit 47 RXE, with EOP: the frame is lost, see
 *           RXDMAERR
 * transmit  bits 0..15 length in this buffer. bit 24 EOP: the frame ends here; no frame is sent
 *           before its last descriptor is handed over. bit 25 IFCS: set by the driver. bit 27 RS:
 *           report.
 *           bit 32 DD, if RS is set: this descriptor and all before it are done. bit 33 EC: not
 *           sent, see TXDMAERR; also reported without RS
 * </pre>
 *
 * <h2>Removal</h2>
 * When the NIC is pulled out, the hardware first ends what it is doing and no longer reads or
 * writes buffers. Then the memory of the NIC goes (the memfd is truncated to 0), and the next
 * access by any thread raises a SIGBUS with code BUS_ADRERR. The SIGBUS handler makes the windows
 * read as all-ones. The link of the peer goes down at once; the bus receives the report of the
 * removal {@code uevent_ms} later. No register and no descriptor ever holds all-ones, so a driver
 * that reads all-ones knows that the NIC is gone. A NIC that is plugged in again has new memory and
 * is in reset.
 *
 * <p>Three parties follow the data sheet: {@link io.hotbus.net.sim.SimDriver} with {@link
 * io.hotbus.net.sim.SimDev} and its queues is the driver side; {@link io.hotbus.net.sim.SimNic}
 * with its queues, stepped by {@link io.hotbus.net.sim.SimEngine}, is the hardware side; {@link
 * io.hotbus.net.sim.SimHardware} is the machine with its slots and wires. Source of the register
 * and descriptor model: Intel, <i>PCI/PCI-X Family of Gigabit Ethernet Controllers Software
 * Developer's Manual</i> (8254x), sections 3.2 and 13.4, simplified.
 */
package io.hotbus.net.sim;
