// SPDX-License-Identifier: Apache-2.0
/**
 * Packet sockets: the queues of a port on a network interface of the kernel. Frames go through
 * rings (TPACKET_V3) in memory that is shared with the kernel. Source: packet(7), the kernel's
 * {@code Documentation/networking/packet_mmap.rst}.
 */
@Version("1.0.0")
package io.hotbus.netif.packet;

import org.osgi.annotation.versioning.Version;
