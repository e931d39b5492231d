// SPDX-License-Identifier: Apache-2.0
/**
 * The driver of tap interfaces: {@code net_tap0,iface=dtap0} creates an interface of the kernel.
 * What the kernel sends there, the port receives, and the other way round. Source: the kernel's
 * {@code Documentation/networking/tuntap.rst}, DPDK {@code drivers/net/tap}.
 */
package io.hotbus.net.tap;
