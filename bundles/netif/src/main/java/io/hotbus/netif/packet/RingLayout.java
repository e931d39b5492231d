// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.ethdev.EthDevInfo;

/**
 * The layout of a ring: blocks of equal size, each divided into frames.
 *
 * @param blockSize bytes of a block, a multiple of the page size
 * @param blocks    the number of blocks
 * @param frameSize bytes of a frame; frames do not cross the end of a block
 */
public record RingLayout(int blockSize, int blocks, int frameSize) {
    /** sizeof(struct tpacket3_hdr), aligned: where the data of a frame to be sent begins. */
    static final int TX_HEADER = 48;
    private static final int USUAL_BLOCK = 64 << 10;
    private static final int USUAL_FRAME = 2048;
    private static final int FEWEST_BLOCKS = 4;
    /** The header of a block, and the headers and the alignment of a received frame. */
    private static final int RX_HEADERS = 256;
    /** A ring for large frames has fewer than asked for, rather than more memory. */
    private static final long MOST_BYTES = 16 << 20;

    /**
     * Lays out a receive ring for frames of an MTU.
     *
     * @param blockSize bytes of a block; 0: as the MTU needs
     * @param frameSize bytes of a frame, by which frames are counted; 0: the usual size
     * @param frames    how many frames are wanted
     */
    public static RingLayout receiving(int blockSize, int frameSize, int frames, int mtu) {
        final int block = blockSize != 0 ? blockSize
                : Math.max(USUAL_BLOCK, powerOfTwo(mtu + EthDevInfo.OVERHEAD + RX_HEADERS));
        final int frame = frameSize != 0 ? frameSize : USUAL_FRAME;
        final long wanted = (long) frames * frame / block;
        return new RingLayout(block, (int) Math.max(FEWEST_BLOCKS, wanted), Math.min(frame, block));
    }

    /**
     * Lays out a transmit ring for frames of an MTU.
     *
     * @param blockSize bytes of a block; 0: as the frames need
     * @param frameSize bytes of a frame; 0: as the MTU needs
     * @param frames    how many frames are wanted
     */
    public static RingLayout sending(int blockSize, int frameSize, int frames, int mtu) {
        final int frame = frameSize != 0 ? frameSize
                : Math.max(USUAL_FRAME, powerOfTwo(mtu + EthDevInfo.OVERHEAD + TX_HEADER));
        final int block = Math.max(blockSize != 0 ? blockSize : USUAL_BLOCK,
                powerOfTwo(frame));
        final long count = Math.min(frames, Math.max(2, MOST_BYTES / frame));
        final int perBlock = block / frame;
        return new RingLayout(block, (int) ((count + perBlock - 1) / perBlock), frame);
    }

    private static int powerOfTwo(int least) {
        return Integer.highestOneBit(least - 1) << 1;
    }

    /** The number of frames. */
    int frames() {
        return blockSize / frameSize * blocks;
    }

    /** Bytes of the ring. */
    long bytes() {
        return (long) blockSize * blocks;
    }

    /** Where frame {@code index} begins, from the start of the ring. */
    long offset(int index) {
        final int perBlock = blockSize / frameSize;
        return (long) (index / perBlock) * blockSize + (long) (index % perBlock) * frameSize;
    }
}
