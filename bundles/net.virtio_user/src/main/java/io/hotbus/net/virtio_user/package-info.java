// SPDX-License-Identifier: Apache-2.0
/**
 * The virtio_user PMD exchanges packets with another process through virtqueues in shared memory.
 * The other process is a vhost-user back end: dpdk-testpmd with {@code net_vhost}, a software
 * switch, or the monitor of a virtual machine.
 *
 * <p>The driver tells the back end by a Unix socket where the virtqueues and the packet buffers
 * lie, and passes the descriptors of this memory. The back end reads and writes the buffers
 * themselves, as a device on PCI does: no packet is copied here, unless it lies in other memory.
 *
 * <p>What the back end says is checked: {@link VhostChannel} checks the messages, and the queues of
 * {@code pmd.virtio} check the rings. The back end can overwrite all of the memory that it is
 * given, as every device without an IOMMU can, so it has to be trusted with that. It is given the
 * rings, and the pools of the queues of the port, and cannot make this memory shorter.
 *
 * <p>Locks: the monitor of {@link Meetings} guards the state of all sockets and sessions. No code
 * of other bundles that waits is called under this monitor. Source: QEMU, {@code
 * docs/interop/vhost-user.rst}; names of requests are from there.
 */
package io.hotbus.net.virtio_user;
