// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.memif;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.pmd.eth.QueueSetup;
import io.hotbus.testkit.TestOs;
import io.hotbus.testkit.TestPools;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a peer may write into the memory at random. */
@Timeout(300)
final class RingTest {
    private static final int DESCRIPTORS = 2_000_000;
    private static final int LOG2 = 4;
    private static final int SIZE = 1 << LOG2;
    private static final int REGION = 16 * 4096;

    private static Random random() {
        long seed = System.nanoTime();
        System.out.println("RingTest: seed " + seed);
        return new Random(seed);
    }

    @Test
    void shouldFindEveryBufferThatIsNotInItsRegion() {
        Random random = random();
        long[] addresses = {1L << 40, 1L << 44};
        long[] sizes = {REGION, 1L << 32};
        Regions regions = new Regions(addresses, sizes);
        int inside = 0;
        for (int i = 0; i < DESCRIPTORS; i++) {
            int region = random.nextInt(3);
            long offset = near(random);
            long length = near(random);
            boolean valid = region < 2 && offset + length <= sizes[region];
            inside += valid ? 1 : 0;
            long expected = valid ? addresses[region] + offset : 0;
            if (regions.address(region, offset, length) != expected) {
                throw new AssertionError("%s bytes at %s of region %s".formatted(
                        length, offset, region));
            }
        }
        assertThat(inside).isBetween(DESCRIPTORS / 10, DESCRIPTORS);
    }

    /** A number of 32 bits, often close to a limit. */
    private static long near(Random random) {
        long around = switch (random.nextInt(4)) {
            case 0 -> REGION;
            case 1 -> 1L << 32;
            case 2 -> 0;
            default -> random.nextLong();
        };
        return around + random.nextInt(64) - 32 & 0xffff_ffffL;
    }

    /** Fills the whole ring with random descriptors, again and again, and polls both directions. */
    @Test
    void shouldSurviveRandomDescriptors() throws Exception {
        Random random = random();
        long memory = TestOs.linux().mapAnonymous("RingTest", REGION, 4096);
        try (TestPools pools = TestPools.real()) {
            Mempool pool = pools.pool(256, 512);
            MempoolCaches caches = pool.mempools().uncached();
            MemifRxQueue rx = new MemifRxQueue(setup(pool));
            MemifTxQueue tx = new MemifTxQueue(setup(pool), TestOs.linux());
            Regions regions = new Regions(new long[] {memory}, new long[] {REGION});
            long[] mbufs = new long[32];
            int broken = 0;
            int packets = 0;
            for (int i = 0; i < DESCRIPTORS / 8; i++) {
                Ring in = ring(memory, true, regions);
                Ring out = ring(memory + 2048, false, regions);
                scribble(memory, random);
                scribble(memory + 2048, random);
                rx.connect(in);
                tx.connect(out);
                int received = rx.burst(caches, mbufs, 32);
                packets += received;
                int sent = tx.burst(caches, mbufs, received);
                caches.free(mbufs, sent, received - sent);
                broken += in.lie().isPresent() ? 1 : 0;
                in.lie().ifPresent(lie -> assertThat(lie.toString()).isNotEmpty());
            }
            assertThat(pool.available()).isEqualTo(256);
            assertThat(broken).isPositive();
            assertThat(packets).isPositive();
        } finally {
            TestOs.linux().unmap(memory, REGION);
        }
    }

    private static QueueSetup setup(Mempool pool) {
        return new QueueSetup(0, 256, pool, 0, new QueueCounters());
    }

    private static Ring ring(long address, boolean s2m, Regions regions) {
        RawMemory.fill(address, RingPlace.HEADER_BYTES, (byte) 0);
        RawMemory.putInt(address, RingPlace.COOKIE);
        return new Ring(new RingPlace(s2m, false, address, SIZE,
                new RingPlace.File(-1, 0), 0, 0), regions, -1);
    }

    /** Writes a few descriptors, and a head that is right more often than not. */
    private static void scribble(long ring, Random random) {
        for (int slot = 0; slot < SIZE; slot++) {
            long at = ring + RingPlace.HEADER_BYTES
                    + (long) slot * RingPlace.DESCRIPTOR_BYTES;
            int region = random.nextInt(16) == 0 ? random.nextInt(0x10000) : 0;
            long length = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(3000);
            RawMemory.putLong(at, random.nextInt(4) & 1 | (long) region << 16 | length << 32);
            RawMemory.putLong(at + 8, random.nextInt(8) == 0 ? random.nextLong()
                    : 4096 + random.nextInt(REGION - 8192));
        }
        int head = random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(SIZE + 1);
        RawMemory.putShortRelease(ring + 6, (short) head);
    }
}
