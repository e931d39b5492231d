// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FramesTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31, 1_000_003})
    void shouldTellAFrameFromEveryOther(long number) throws Exception {
        TestDma dma = new TestDma();
        try (TestPools pools = new TestPools(dma)) {
            Mempool pool = pools.pool(64);
            long[] mbufs = new long[1];
            pool.get(mbufs, 0, 1);
            Frames.write(mbufs[0], number);
            assertThat(Frames.isIntact(mbufs[0], number)).isTrue();
            assertThat(Frames.isIntact(mbufs[0], number + 1)).isFalse();

            int last = Frames.length(number) - 1;
            long octet = Mbuf.data(mbufs[0]) + last;
            RawMemory.putByte(octet, (byte) (RawMemory.getByte(octet) + 1));
            assertThat(Frames.isIntact(mbufs[0], number)).as("its last byte is wrong").isFalse();

            Frames.write(mbufs[0], number);
            Mbuf.setLength(mbufs[0], last);
            assertThat(Frames.isIntact(mbufs[0], number)).as("a byte is missing").isFalse();
            pool.put(mbufs, 0, 1);
        }
        assertThat(dma.open()).isZero();
    }
}
