// SPDX-License-Identifier: Apache-2.0
/**
 * The driver of network interfaces by packet sockets: {@code net_af_packet0,iface=eth0}. Frames go
 * through rings (TPACKET_V3) in memory that is shared with the kernel. Source: packet(7), the
 * kernel's {@code Documentation/networking/packet_mmap.rst}, DPDK {@code drivers/net/af_packet}.
 */
package io.hotbus.net.af_packet;
