// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.DmaMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCache;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.mem.TestDma;
import io.hotbus.ethdev.QueueCounters;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PacketCopyTest {
    private static final int BUFFERS = 64;
    private static final int DATA_ROOM = 256;
    private static final int MEMORY = 16_384;
    private static final int COPY = MEMORY / 2;

    private final TestDma dma = new TestDma();
    private final Mempool pool;
    private final DmaMemory memory = dma.allocate("frames", MEMORY, 0);
    private final MempoolCaches caches;
    private final MempoolCache cache;
    private final PacketCopy copy;
    private final byte[] frame = new byte[COPY];

    PacketCopyTest() throws Exception {
        pool = new Mempools(dma).create("test", BUFFERS, DATA_ROOM);
        caches = pool.mempools().uncached();
        cache = caches.of(pool);
        copy = new PacketCopy(new QueueSetup(0, 64, pool, 7, new QueueCounters()));
        new Random(1).nextBytes(frame);
        RawMemory.copy(frame, 0, memory.address(), COPY);
    }

    @AfterEach
    void close() {
        memory.close();
        pool.close();
    }

    private void free(long packet) {
        caches.free(new long[] {packet}, 0, 1);
        assertThat(pool.available()).isEqualTo(BUFFERS);
    }

    private void assertCopied(int offset, int length) {
        byte[] out = new byte[length];
        RawMemory.copy(memory.address() + COPY, out, 0, length);
        assertArrayEquals(Arrays.copyOfRange(frame, offset, offset + length), out);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 63, 255, 256, 257, 512, 513, 5000})
    void shouldCopyInAndOut(int length) {
        long packet = copy.in(cache, memory.address(), length);

        assertThat(Mbuf.length(packet)).isEqualTo(length);
        assertThat(Mbuf.segments(packet)).isEqualTo((length + DATA_ROOM - 1) / DATA_ROOM);
        assertThat(Mbuf.port(packet)).isEqualTo(7);
        PacketCopy.out(packet, 0, memory.address() + COPY, length);
        assertCopied(0, length);
        free(packet);
    }

    @Test
    void shouldCopyOutPartsThatCrossSegments() {
        long packet = copy.in(cache, memory.address(), 3000);
        Random random = new Random(2);
        for (int i = 0; i < 1000; i++) {
            int offset = random.nextInt(3000);
            int length = random.nextInt(3000 - offset);
            PacketCopy.out(packet, offset, memory.address() + COPY, length);
            assertCopied(offset, length);
        }
        free(packet);
    }

    @Test
    void shouldAppendToAPacket() {
        long packet = copy.in(cache, memory.address(), 300);
        packet = copy.append(cache, packet, memory.address() + 300, 700);

        assertThat(Mbuf.length(packet)).isEqualTo(1000);
        PacketCopy.out(packet, 0, memory.address() + COPY, 1000);
        assertCopied(0, 1000);
        free(packet);
    }

    @Test
    void shouldGiveBackEverythingIfBuffersAreMissing() {
        long[] others = new long[BUFFERS];
        pool.get(others, 0, BUFFERS - 3);

        assertThat(copy.in(cache, memory.address(), 4 * DATA_ROOM)).isZero();

        assertThat(pool.available()).isEqualTo(3);
        pool.put(others, 0, BUFFERS - 3);
    }
}
