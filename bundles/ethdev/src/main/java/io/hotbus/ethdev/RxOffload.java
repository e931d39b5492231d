// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/** What a device can check in, or do to, packets that it receives. */
public enum RxOffload {
    /** Takes the VLAN tag out: {@link io.hotbus.eal.mem.MbufFlags#RX_VLAN_STRIPPED}. */
    VLAN_STRIP,
    /** Checks the checksum of IPv4. */
    IPV4_CKSUM,
    /** Checks the checksum of UDP. */
    UDP_CKSUM,
    /** Checks the checksum of TCP. */
    TCP_CKSUM,
    /** Hands over the RSS hash. */
    RSS_HASH
}
