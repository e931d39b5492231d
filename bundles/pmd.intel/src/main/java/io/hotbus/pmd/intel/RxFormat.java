// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * Where the second word of the descriptor of a received frame says what every queue has to know.
 *
 * @param done        the bit that is set together with the rest of the word
 * @param ends        the bit that says that the frame ends in this buffer
 * @param damaged     bits of which each says that the frame is damaged
 * @param lengthShift where the 16 bits of the length begin
 */
public record RxFormat(long done, long ends, long damaged, int lengthShift) {
    /** The bits of the length. */
    static final long LENGTH_MASK = 0xffff;

    /**
     * The extended and the advanced descriptors, which also hold the results of checks.
     *
     * @param damaged bits of which each says that the frame is damaged
     */
    public static RxFormat extended(long damaged) {
        return new RxFormat(RxWriteBack.DD, RxWriteBack.EOP, damaged, RxWriteBack.LENGTH_SHIFT);
    }
}
