// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/** Fields of a packet that RSS hashes. Source: DPDK {@code RTE_ETH_RSS_IP} and its siblings. */
public enum RssHash {
    /** The addresses of IPv4 packets. */
    IPV4,
    /** The addresses and ports of TCP over IPv4. */
    IPV4_TCP,
    /** The addresses and ports of UDP over IPv4. */
    IPV4_UDP,
    /** The addresses of IPv6 packets. */
    IPV6,
    /** The addresses and ports of TCP over IPv6. */
    IPV6_TCP,
    /** The addresses and ports of UDP over IPv6. */
    IPV6_UDP
}
