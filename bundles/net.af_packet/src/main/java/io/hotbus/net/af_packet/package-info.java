// SPDX-License-Identifier: Apache-2.0
/**
 * The driver of network interfaces by packet sockets: {@code net_af_packet0,iface=eth0}. Source:
 * DPDK {@code drivers/net/af_packet}.
 */
package io.hotbus.net.af_packet;
