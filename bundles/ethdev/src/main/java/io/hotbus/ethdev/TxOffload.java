// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

/** What a device can do to packets that it sends, if their {@code MbufFlags} ask for it. */
public enum TxOffload {
    /** Inserts a VLAN tag. */
    VLAN_INSERT,
    /** Computes the checksum of IPv4. */
    IPV4_CKSUM,
    /** Computes the checksum of UDP. */
    UDP_CKSUM,
    /** Computes the checksum of TCP. */
    TCP_CKSUM,
    /** Cuts large TCP packets into frames. */
    TCP_TSO
}
