// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

/** The frames of a capture in memory. Immutable once it is filled; any thread. */
final class FrameStore {
    private static final int MIB_SHIFT = 20;

    private final byte[] bytes;
    /** Where each frame begins, and where the last one ends. */
    private final int[] begins;
    private final long[] originals;

    private FrameStore(byte[] bytes, int[] begins, long[] originals) {
        this.bytes = bytes;
        this.begins = begins;
        this.originals = originals;
    }

    /**
     * Reads all frames of a capture.
     *
     * @throws CaptureException the capture is damaged, has no frames, or needs too much memory
     */
    static FrameStore of(CaptureReader reader) throws CaptureException {
        long total = 0;
        int count = 0;
        while (reader.next()) {
            total += reader.captured();
            count += reader.captured() == 0 ? 0 : 1;
        }
        if (reader.hasFlaw()) {
            throw new CaptureException(reader.flaw());
        }
        if (count == 0) {
            throw new CaptureException("it has no frames, and infinite_rx=1 needs one");
        }
        requireHeap(total + (long) count * (Integer.BYTES + Long.BYTES));
        byte[] bytes = new byte[(int) total];
        int[] begins = new int[count + 1];
        long[] originals = new long[count];
        int n = 0;
        reader.rewind();
        while (n < count && reader.next() && begins[n] + reader.captured() <= bytes.length) {
            if (reader.captured() > 0) {
                System.arraycopy(
                        reader.bytes(), reader.dataAt(), bytes, begins[n], reader.captured());
                originals[n] = reader.original();
                begins[n + 1] = begins[n] + reader.captured();
                n++;
            }
        }
        if (n < count) {
            throw new CaptureException("it changed while it was read");
        }
        return new FrameStore(bytes, begins, originals);
    }

    private static void requireHeap(long needed) throws CaptureException {
        Runtime runtime = Runtime.getRuntime();
        long left = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
        if (needed > Math.min(left, Integer.MAX_VALUE - Long.BYTES)) {
            throw new CaptureException(("its frames need %s MiB of Java heap with infinite_rx=1, "
                    + "%s MiB are left of %s (-Xmx; at most 2047)").formatted(
                    (needed >> MIB_SHIFT) + 1, left >> MIB_SHIFT,
                    runtime.maxMemory() >> MIB_SHIFT));
        }
    }

    int count() {
        return originals.length;
    }

    byte[] bytes() {
        return bytes;
    }

    /** Where the frame {@code index} begins in {@link #bytes}. */
    int begin(int index) {
        return begins[index];
    }

    int length(int index) {
        return begins[index + 1] - begins[index];
    }

    /** Bytes of the frame before it was cut. */
    long original(int index) {
        return originals[index];
    }

    /** Bytes of the longest frame. */
    int longest() {
        int longest = 0;
        for (int i = 0; i < count(); i++) {
            longest = Math.max(longest, length(i));
        }
        return longest;
    }
}
