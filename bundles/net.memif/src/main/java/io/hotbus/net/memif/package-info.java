// SPDX-License-Identifier: Apache-2.0
/**
 * The memif PMD exchanges packets with another process through shared memory.
 *
 * <p>The client makes the memory, a region with rings and buffers, and passes its descriptor to the
 * server by a Unix socket. A ring S2M carries packets from the client (slave) to the server
 * (master), a ring M2S the other way. In both rings the client provides the buffers. The side that
 * sends writes the packets into the buffers, and the other side copies them out.
 *
 * <p>The peer is not trusted. All that it writes is read once and checked, and is used only then:
 * {@link Message} checks what comes by the socket, {@link Ring} what comes by the memory. The
 * memory of a peer is mapped as windows of the device, so that a peer that takes it away causes a
 * removal.
 *
 * <p>Locks: the monitor of {@link Registry} guards the state of all sockets and connections. No
 * code of other bundles that waits is called under this monitor. Source: memif 2.0, as in DPDK's
 * {@code drivers/net/memif/memif.h} and libmemif.
 */
package io.hotbus.net.memif;
