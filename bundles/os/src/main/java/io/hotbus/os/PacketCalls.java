// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os;

import org.osgi.annotation.versioning.ProviderType;

/**
 * The system calls on the data paths of drivers. A service. Any thread, one at a time for a
 * descriptor and a burst. No method allocates, waits or throws; errors are negative errnos. Each is
 * one call into {@code libhotbus.so}, whatever the number of system calls.
 */
@ProviderType
public interface PacketCalls {
    /** Bytes of a {@code struct iovec}: an address and a length, of 8 bytes each. */
    int IOVEC = 16;
    /** Bytes of a {@code struct hb_frames}. */
    int BURST = 32;
    /** Where the address of the iovecs is in a burst: 8 bytes. */
    int BURST_IOVECS = 0;
    /** Where the address of the array of 4-byte numbers, one for each frame, is: 8 bytes. */
    int BURST_FRAMES = 8;
    /** Where the largest number of frames is: 4 bytes. */
    int BURST_COUNT = 16;
    /** Where the number of iovecs is: 4 bytes. */
    int BURST_CAPACITY = 20;
    /** Where the number of iovecs that a frame being read may fill is: 4 bytes. */
    int BURST_SEGMENTS = 24;

    /**
     * Tells the kernel that there are frames in a transmit ring of a packet socket or an AF_XDP
     * socket: {@code send(fd, NULL, 0, MSG_DONTWAIT)}.
     *
     * @return 0 or a negative errno
     */
    int kick(int fd);

    /**
     * Reads frames, each by one readv(2), from a descriptor that does not block. The numbers of the
     * frames become their lengths. A frame begins in the iovec after the last one that the frame
     * before has filled.
     *
     * @param burst the address of the burst, whose count, capacity and segments are set
     * @return how many frames were read, 0 if there is none now; or a negative errno
     */
    int readFrames(int fd, long burst);

    /**
     * Writes frames, each by one writev(2). The number of a frame is the number of its iovecs; it
     * becomes the bytes written, or a negative errno.
     *
     * @param burst the address of the burst, whose count is set
     * @return how many frames were tried: fewer than there are if the descriptor would block; or if
     *     its interface takes none (EIO: it is down, EBADFD: it is gone), and then the number of
     *     the next frame is that errno, negative
     */
    int writeFrames(int fd, long burst);
}
