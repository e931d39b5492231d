// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

/**
 * What the engine {@code noisy} does with each packet ({@code --noisy-*}).
 *
 * @param bufferSize  packets in the buffer of a stream, a power of two; one place stays free; 0: no
 *                    buffer
 * @param flushMillis empties a buffer that nothing left for so long; 0: never
 * @param memoryMib   memory that is looked up in, MiB
 * @param writes      random writes to it for each packet
 * @param reads       random reads
 * @param readWrites  random reads, each followed by a write
 */
public record Noise(int bufferSize, int flushMillis, int memoryMib, int writes, int reads,
        int readWrites) {
    /** Packets are forwarded as they are. */
    public static final Noise NONE = new Noise(0, 0, 0, 0, 0, 0);

    /** Whether memory is accessed. */
    public boolean looksUp() {
        return writes + reads + readWrites > 0;
    }
}
