// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

/**
 * The messages between a virtual function and the driver of its physical function: what the first
 * word says. The data sheets leave that to the drivers. Source: Linux {@code
 * drivers/net/ethernet/intel/igb/e1000_mbx.h}, which all drivers follow.
 */
final class VfMessage {
    /** Begins a life of the virtual function. The answer has its address, or is refused. */
    static final int RESET = 0x01;
    /** The address to receive for, in two words. */
    static final int SET_MAC = 0x02;
    /** The hashes of multicast addresses, of 16 bits each; their number is in the first word. */
    static final int SET_MULTICAST = 0x03;
    /** A VLAN to receive, or not to; see {@link #VLAN_ADD}. */
    static final int SET_VLAN = 0x04;
    /** The longest frame to receive, with its FCS. */
    static final int SET_LPE = 0x05;
    /** Whether to receive all multicast frames; see {@link #PROMISC_MULTICAST}. */
    static final int SET_PROMISC = 0x06;
    /** Of the physical function, unasked: it is there, or (without {@link #CTS}) starts anew. */
    static final int PF_CONTROL = 0x0100;
    /** The type of a message. */
    static final int TYPE = 0xffff;

    static final int INFO_SHIFT = 16;
    static final int VLAN_ADD = 1 << INFO_SHIFT;
    static final int PROMISC_MULTICAST = 2 << INFO_SHIFT;
    /** The most hashes in a message. */
    static final int MAX_HASHES = 30;

    /** The physical function accepts the messages of this one since its last RESET. */
    static final int CTS = 1 << 29;
    /** The message was refused. */
    static final int NACK = 1 << 30;
    /** The message was obeyed. */
    static final int ACK = 1 << 31;

    private VfMessage() {
    }
}
