// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/** The bytes of a capture. One thread at a time. */
@FunctionalInterface
interface Input {
    /**
     * Reads up to {@code length} bytes from {@code offset} of the capture to {@code at} in {@code
     * to}. Never throws.
     *
     * @return how many; 0 at the end; -1 if reading failed
     */
    int read(long offset, byte[] to, int at, int length);
}
