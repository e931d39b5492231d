// SPDX-License-Identifier: Apache-2.0
/**
 * The poll-mode driver of virtio network devices over PCI: the modern interface of the devices
 * 1af4:1041, and of 1af4:1000 where it is offered beside the legacy one.
 *
 * <p>Source: OASIS, <i>Virtual I/O Device (VIRTIO) Version 1.2</i>, Committee Specification 01. The
 * section numbers in this package are those of that document.
 *
 * <p>The device may be gone at any moment. Bursts access host memory and write one doorbell.
 * Nothing that the device writes is trusted: a ring that does not add up stops its queue, and the
 * port is set up again. {@link io.hotbus.net.virtio.VirtioWatch} checks the device ten times a
 * second.
 */
package io.hotbus.net.virtio;
