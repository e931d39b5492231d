// SPDX-License-Identifier: Apache-2.0
package io.hotbus.eal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MmioTest {
    private static final int LENGTH = 64;

    private final NativeBytes memory = new NativeBytes(LENGTH);
    private final Mmio window = new Mmio("net_test0 BAR0", memory.address(), LENGTH);

    /** Every access, with its width in bytes. */
    private final Map<LongConsumer, Integer> accesses = Map.ofEntries(
            Map.entry(window::read8, 1),
            Map.entry(window::read16, 2),
            Map.entry(window::read32, 4),
            Map.entry(window::read64, 8),
            Map.entry(window::plainRead32, 4),
            Map.entry(window::plainRead64, 8),
            Map.entry(offset -> window.write8(offset, (byte) 1), 1),
            Map.entry(offset -> window.write16(offset, (short) 1), 2),
            Map.entry(offset -> window.write32(offset, 1), 4),
            Map.entry(offset -> window.write64(offset, 1), 8),
            Map.entry(offset -> window.plainWrite32(offset, 1), 4),
            Map.entry(offset -> window.plainWrite64(offset, 1), 8));

    @Test
    void shouldReadLittleEndian() {
        memory.put(8, new byte[] {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, (byte) 0x88});

        assertThat(window.read8(8)).isEqualTo((byte) 0x11);
        assertThat(window.read16(8)).isEqualTo((short) 0x2211);
        assertThat(window.read32(8)).isEqualTo(0x44332211).isEqualTo(window.plainRead32(8));
        assertThat(window.read64(8)).isEqualTo(0x8877665544332211L)
                .isEqualTo(window.plainRead64(8));
    }

    @Test
    void shouldWriteNoMoreThanAskedFor() {
        window.write8(0, (byte) 0xa1);
        window.write16(2, (short) 0xb2b1);
        window.write32(4, 0xc4c3c2c1);
        window.write64(8, 0xd8d7d6d5d4d3d2d1L);
        window.plainWrite32(16, 0xe4e3e2e1);
        window.plainWrite64(24, 0xf8f7f6f5f4f3f2f1L);

        ByteBuffer expected = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        expected.put(0, (byte) 0xa1).putShort(2, (short) 0xb2b1).putInt(4, 0xc4c3c2c1)
                .putLong(8, 0xd8d7d6d5d4d3d2d1L).putInt(16, 0xe4e3e2e1)
                .putLong(24, 0xf8f7f6f5f4f3f2f1L);
        assertThat(memory.bytes()).isEqualTo(expected.array());
    }

    @Test
    void shouldReachItsLastByteAndNoFurther() {
        accesses.forEach((access, width) -> {
            access.accept(LENGTH - width);
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> access.accept(LENGTH - width + 1));
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, -8, LENGTH, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 7,
            1L << 32, -1L << 32})
    void shouldRefuseAccessOutside(long offset) {
        accesses.keySet().forEach(access -> assertThatExceptionOfType(
                IndexOutOfBoundsException.class).isThrownBy(() -> access.accept(offset)));
    }

    @Test
    void shouldRefuseEveryAccessOnceRevoked() {
        window.revoke();

        accesses.keySet().forEach(access -> assertThatExceptionOfType(
                IndexOutOfBoundsException.class).isThrownBy(() -> access.accept(0)));
        assertThat(window.length()).isEqualTo(LENGTH);
    }

    @Test
    void shouldContainItsAddressesAlone() {
        Mmio high = new Mmio("high", -4096, 4096);

        assertThat(window.contains(window.address())).isTrue();
        assertThat(window.contains(window.address() + LENGTH - 1)).isTrue();
        assertThat(window.contains(window.address() - 1)).isFalse();
        assertThat(window.contains(window.address() + LENGTH)).isFalse();
        assertThat(window.contains(0)).isFalse();
        assertThat(high.contains(-1)).isTrue();
        assertThat(high.contains(0)).isFalse();
        assertThat(high.contains(-4097)).isFalse();
    }
}
