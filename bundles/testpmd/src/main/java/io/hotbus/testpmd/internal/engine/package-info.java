// SPDX-License-Identifier: Apache-2.0
/**
 * The forwarding engines, and what they know of frames. They read headers only within the first
 * segment of a packet.
 */
package io.hotbus.testpmd.internal.engine;
