// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

/**
 * What a register of a started device must hold: the bits {@code mask} of the register at {@code
 * offset} are {@code value}.
 *
 * @param name   the name of the register, for messages
 * @param offset its offset in bytes
 * @param mask   the bits that matter; 0: none, the register is only written
 * @param value  what these bits must be
 */
public record GigabitSetting(String name, long offset, int mask, int value) {
    /** A setting of all bits. */
    public static GigabitSetting of(String name, long offset, int value) {
        return new GigabitSetting(name, offset, -1, value);
    }

    /** Whether another value than this one was read. */
    boolean differs(int now) {
        return ((now ^ value) & mask) != 0;
    }
}
