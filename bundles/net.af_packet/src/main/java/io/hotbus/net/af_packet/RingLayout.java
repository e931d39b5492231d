// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.af_packet;

import io.hotbus.ethdev.EthDevInfo;

/**
 * The layout of a ring: blocks of equal size, each divided into frames.
 *
 * @param blockSize bytes of a block, a multiple of the page size
 * @param blocks    the number of blocks
 * @param frameSize bytes of a frame; frames do not cross the end of a block
 */
record RingLayout(int blockSize, int blocks, int frameSize) {
    /** sizeof(struct tpacket3_hdr), aligned: where the data of a frame to be sent begins. */
    static final int TX_HEADER = 48;
    private static final int USUAL_BLOCK = 64 << 10;
    private static final int USUAL_FRAME = 2048;
    private static final int FEWEST_BLOCKS = 4;
    /** The header of a block, and the headers and the alignment of a received frame. */
    private static final int RX_HEADERS = 256;
    /** A ring for large frames has fewer than asked for, rather than more memory. */
    private static final long MOST_BYTES = 16 << 20;

    /** A receive ring for frames of that MTU, and what the devargs ask for. */
    static RingLayout receiving(AfPacketArgs args, int mtu) {
        final int block = args.blockSize() != 0 ? args.blockSize()
                : Math.max(USUAL_BLOCK, powerOfTwo(mtu + EthDevInfo.OVERHEAD + RX_HEADERS));
        final int frame = args.frameSize() != 0 ? args.frameSize() : USUAL_FRAME;
        final long wanted = (long) args.frameCount() * frame / block;
        return new RingLayout(block, (int) Math.max(FEWEST_BLOCKS, wanted), Math.min(frame, block));
    }

    /** A transmit ring for frames of that MTU, and what the devargs ask for. */
    static RingLayout sending(AfPacketArgs args, int mtu) {
        final int frame = args.frameSize() != 0 ? args.frameSize()
                : Math.max(USUAL_FRAME, powerOfTwo(mtu + EthDevInfo.OVERHEAD + TX_HEADER));
        final int block = Math.max(args.blockSize() != 0 ? args.blockSize() : USUAL_BLOCK,
                powerOfTwo(frame));
        final long count = Math.min(args.frameCount(), Math.max(2, MOST_BYTES / frame));
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
