// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * What a register of a started device must hold: the bits {@code mask} of the register at {@code
 * offset} are {@code value}.
 *
 * @param name   the name of the register, for messages
 * @param offset its offset in bytes
 * @param mask   the bits that matter
 * @param value  what these bits must be
 */
public record AdvSetting(String name, long offset, int mask, int value) {
    /** A setting of all bits. */
    public static AdvSetting of(String name, long offset, int value) {
        return new AdvSetting(name, offset, -1, value);
    }

    /** Whether another value than this one was read. */
    public boolean differs(int now) {
        return ((now ^ value) & mask) != 0;
    }
}
