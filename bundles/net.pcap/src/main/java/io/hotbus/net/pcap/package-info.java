// SPDX-License-Identifier: Apache-2.0
/**
 * The pcap PMD receives the frames of capture files and writes the frames that it sends to capture
 * files: pcap and pcapng. A {@link io.hotbus.net.pcap.Source} is what a receive queue reads, a
 * {@link io.hotbus.net.pcap.Sink} is what a transmit queue writes. Source: DPDK {@code
 * drivers/net/pcap}.
 *
 * <p>Captures do not only come from friends: the readers check every length against the file before
 * they use it, and only access Java arrays.
 */
package io.hotbus.net.pcap;
