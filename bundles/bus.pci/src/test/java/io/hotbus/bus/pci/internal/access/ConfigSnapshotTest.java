// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.bus.pci.Bar;
import io.hotbus.eal.mem.DmaMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ConfigSnapshotTest {
    private static final int COMMAND = 4;
    private static final int STATUS = 6;
    private static final int BAR0 = 0x10;
    private static final int POWER = 0xc8;
    private static final int PMCSR = POWER + 4;

    /** Configuration space that answers a number of reads, and all-ones from then on. */
    private static final class Config implements PciAccess {
        final ByteBuffer space = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        final List<String> writes = new ArrayList<>();
        int answers = Integer.MAX_VALUE;
        int reads;

        Config() {
            space.put(COMMAND, (byte) 6).put(STATUS, (byte) 0x10).put(0x34, (byte) POWER);
            space.put(POWER, (byte) 1).putInt(BAR0, 0xfe00_0000);
        }

        @Override
        public int readConfig(int offset, int bytes) {
            int value = reads++ < answers ? space.getInt(offset) : -1;
            return bytes == Integer.BYTES ? value : value & (1 << bytes * Byte.SIZE) - 1;
        }

        @Override
        public void writeConfig(int offset, int bytes, int value) {
            writes.add("%#x: %#x".formatted(offset, value));
            for (int i = 0; i < bytes; i++) {
                space.put(offset + i, (byte) (value >> i * Byte.SIZE));
            }
        }

        @Override
        public Region region(Bar bar) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void enableInterrupt() {
        }

        @Override
        public void rearmInterrupt() {
        }

        @Override
        public void disableInterrupt() {
        }

        @Override
        public void requireReachable(DmaMemory dma) {
        }

        @Override
        public boolean mayFaultWhilePresent() {
            return true;
        }

        @Override
        public void close() {
        }
    }

    private final Config config = new Config();

    /** A write to the power state of a device that is gone would make vfio revoke its memory. */
    @Test
    void shouldWriteNothingToADeviceThatGoesMeanwhile() throws Exception {
        ConfigSnapshot snapshot = ConfigSnapshot.take(config);
        config.reads = 0;
        assertThat(snapshot.restore(config, true)).isEmpty();
        int reads = config.reads;
        assertThat(reads).isGreaterThan(6);
        for (int answers = 0; answers < reads; answers++) {
            config.reads = 0;
            config.answers = answers;
            assertThat(snapshot.restore(config, true)).as("after %s reads", answers).isEmpty();
            assertThat(config.writes).as("after %s reads", answers).isEmpty();
        }
    }

    @Test
    void shouldNotMissTheMemoryDecodingOfAVirtualFunction() throws Exception {
        config.space.put(COMMAND, (byte) 4);
        ConfigSnapshot snapshot = ConfigSnapshot.take(config);

        assertThat(snapshot.restore(config, true)).isEmpty();
        config.space.put(COMMAND, (byte) 0);
        assertThat(snapshot.restore(config, true)).containsExactly("bus mastering was off");
        assertThat(config.writes).isEmpty();
    }

    @Test
    void shouldRestoreWhatIsOtherwise() throws Exception {
        ConfigSnapshot snapshot = ConfigSnapshot.take(config);
        config.space.put(COMMAND, (byte) 0).put(PMCSR, (byte) 3).putInt(BAR0, 0);

        assertThat(snapshot.restore(config, true)).containsExactly("its power state was not D0",
                "BAR0 was 0x0 instead of 0xfe000000", "memory decoding was off",
                "bus mastering was off");

        assertThat(config.space.get(PMCSR)).isZero();
        assertThat(config.space.get(COMMAND)).isEqualTo((byte) 2);
        assertThat(config.space.getInt(BAR0)).isEqualTo(0xfe00_0000);
    }
}
