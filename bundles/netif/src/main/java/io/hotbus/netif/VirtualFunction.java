// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif;

import io.hotbus.ethdev.MacAddress;

/**
 * What the interface of a physical function has set for one of its virtual functions (SR-IOV).
 *
 * @param number     from 0, in the order of their PCI addresses
 * @param mac        the address that the administrator has given; 0 if the function chooses one
 * @param vlan       the VLAN that all its frames are put into, 1 to 4095; 0 if in none
 * @param spoofCheck whether it may send with the given address alone
 * @param trusted    whether it may do what touches others, such as promiscuous mode
 */
public record VirtualFunction(int number, MacAddress mac, int vlan, boolean spoofCheck,
        boolean trusted) {
}
