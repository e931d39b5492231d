// SPDX-License-Identifier: Apache-2.0
/**
 * Ports on AF_XDP sockets: the kernel copies frames of an interface from and to memory that it
 * shares with this process, or the NIC does so by itself. Source: the kernel's
 * {@code Documentation/networking/af_xdp.rst} and {@code linux/if_xdp.h}, DPDK
 * {@code drivers/net/af_xdp}.
 *
 * <ul>
 * <li>{@link io.hotbus.net.af_xdp.XdpProgram} is the program that sends frames to the sockets.
 * <li>{@link io.hotbus.net.af_xdp.XskSocket} is one socket with its {@link
 *     io.hotbus.net.af_xdp.XskRing}s and its frames ({@link io.hotbus.net.af_xdp.Umem}). It serves
 *     one queue of the interface, in both directions.
 * <li>{@link io.hotbus.net.af_xdp.XdpRxQueue} and {@link io.hotbus.net.af_xdp.XdpTxQueue} copy
 *     between these frames and mbufs.
 * </ul>
 */
package io.hotbus.net.af_xdp;
