// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class VfioRegionTest {
    private static final int READ_WRITE = 3;
    private static final int MMAP = 4;
    private static final int CAPS = 8;

    @Test
    void shouldBeMappableAsAWhole() {
        VfioRegion region = VfioRegion.of(info(READ_WRITE | MMAP, 0x20000));

        assertThat(region.offset()).isEqualTo(3L << 40);
        assertThat(region.whyNotMappable(0x20000)).isEmpty();
    }

    @Test
    void shouldBeMappableWithItsMsixTableWhereTheKernelSaysSo() {
        ByteBuffer info = info(READ_WRITE | MMAP | CAPS, 0x4000);
        info.putInt(12, 32).putShort(32, (short) 3).putShort(34, (short) 1);

        VfioRegion region = VfioRegion.of(info);

        assertThat(region.msixMappable()).isTrue();
        assertThat(region.whyNotMappable(0x4000)).isEmpty();
    }

    @Test
    void shouldNotBeMappableWithoutTheFlag() {
        assertThat(VfioRegion.of(info(READ_WRITE, 0x20)).whyNotMappable(0x20)).get().asString()
                .contains("does not let it be mapped");
    }

    @Test
    void shouldNotBeMappableBeyondItsSize() {
        assertThat(VfioRegion.of(info(READ_WRITE | MMAP, 0)).whyNotMappable(0x20000)).get()
                .asString().contains("only 0 of its 131072 bytes");
    }

    @Test
    void shouldNotBeMappableAroundItsMsixTable() {
        ByteBuffer info = info(READ_WRITE | MMAP | CAPS, 0x4000);
        info.putInt(12, 32).putShort(32, (short) 1).putShort(34, (short) 1).putInt(40, 2);
        info.putLong(48, 0).putLong(56, 0x2000).putLong(64, 0x3000).putLong(72, 0x1000);

        VfioRegion region = VfioRegion.of(info);

        assertThat(region.areas()).containsExactly(
                new VfioRegion.Area(0, 0x2000), new VfioRegion.Area(0x3000, 0x1000));
        assertThat(region.whyNotMappable(0x4000)).get().asString().contains("only parts", "MSI-X");
        assertThat(region.whyNotMappable(0x2000)).isEmpty();
        info.putLong(48, 0x1000);
        assertThat(VfioRegion.of(info).whyNotMappable(0x2000)).isPresent();
    }

    private static ByteBuffer info(int flags, long size) {
        return ByteBuffer.allocate(80).order(ByteOrder.nativeOrder()).putInt(0, 80)
                .putInt(4, flags).putLong(16, size).putLong(24, 3L << 40);
    }
}
