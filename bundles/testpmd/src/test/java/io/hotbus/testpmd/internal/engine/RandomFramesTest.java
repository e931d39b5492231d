// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.eal.mem.Mbuf;
import io.hotbus.testkit.PacketBytes;
import io.hotbus.testpmd.ForwardEngine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two million frames, cut off and altered at random. Each is forwarded twice, with other bytes
 * behind the ends of its segments: these bytes neither change nor make a difference, so they are
 * neither written nor read.
 */
class RandomFramesTest {
    private static final int FRAMES = 500_000;
    private static final int PAIRS = 16;
    /** Bytes behind the end of a segment that are looked after. */
    private static final int BEHIND = 64;
    private static final byte[] FILL = {0x00, (byte) 0xa5};

    private final SplittableRandom random;
    private final List<byte[]> valid = new ArrayList<>();
    private final long seed = System.nanoTime();

    RandomFramesTest() {
        random = new SplittableRandom(seed);
        for (int protocol : new int[] {Headers.TCP, Headers.UDP, Headers.ICMP}) {
            valid.add(Packets.ipv4(protocol, 12));
            valid.add(Packets.tagged(Packets.ipv4(protocol, 1), 0x8100));
        }
        valid.add(Packets.ipv6(Headers.TCP, "", Headers.TCP, 5));
        valid.add(Packets.ipv6(Headers.UDP, "3c00010400000000 1101010c000000000000000000000000",
                0, 5));
        valid.add(Packets.ipv6(Headers.ICMPV6, "3a00000000000000", 43, 5));
        valid.add(Packets.frame("ffffffffffff 0200000000aa 0806 0001 0800 06 04 0001 0200000000aa"
                + "0a000001 000000000000 0a000002"));
        valid.add(Packets.frame(Packets.ETHERNET
                + "4500 0020 0001 0000 40 01 66da 0a000001 0a000002"
                + "08 00 f3f6 0001 0002 01020304"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"csum", "icmpecho", "5tswap", "mac"})
    void shouldNeitherReadNorWriteBeyondAFrame(String name) throws Exception {
        System.out.printf("seed of %s: %s%n", name, seed);
        ForwardEngine engine = switch (name) {
            case "csum" -> new CsumFwd();
            case "icmpecho" -> new IcmpEchoFwd();
            case "5tswap" -> new FiveTupleSwapFwd();
            default -> new MacFwd();
        };
        try (Bench bench = new Bench(engine)) {
            for (int done = 0; done < FRAMES; done += PAIRS) {
                round(bench);
            }
            assertThat(bench.stream().received()).isEqualTo(2L * FRAMES);
            assertThat(bench.stream().sent()).isPositive();
        }
    }

    private void round(Bench bench) {
        long[] packets = new long[2 * PAIRS];
        for (int i = 0; i < PAIRS; i++) {
            byte[] frame = frame();
            int segment = random.nextInt(4) == 0 ? 1 + random.nextInt(70) : 2048;
            for (int copy = 0; copy < 2; copy++) {
                long packet = PacketBytes.packet(bench.pool(), frame, segment);
                Mbuf.setUserData(packet, i);
                fillBehind(packet, FILL[copy]);
                packets[2 * i + copy] = packet;
            }
        }
        int count = bench.forward(packets, packets.length);
        assertThat(count).as("seed %s", seed).isEven();
        for (int i = 0; i < count; i += 2) {
            long one = bench.back()[i];
            long other = bench.back()[i + 1];
            if (Mbuf.userData(one) != Mbuf.userData(other)
                    || !Arrays.equals(PacketBytes.of(one), PacketBytes.of(other))
                    || !isIntactBehind(one, FILL[0]) || !isIntactBehind(other, FILL[1])) {
                throw new AssertionError("seed %s: %s".formatted(
                        seed, Arrays.toString(PacketBytes.of(one))));
            }
        }
        bench.free(count);
    }

    private byte[] frame() {
        byte[] frame = valid.get(random.nextInt(valid.size())).clone();
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            // The headers rather than the payload.
            int at = random.nextInt(Math.min(frame.length, 12 + random.nextInt(60)));
            frame[at] = switch (random.nextInt(3)) {
                case 0 -> 0;
                case 1 -> (byte) 0xff;
                default -> (byte) random.nextInt();
            };
        }
        return random.nextInt(3) == 0 ? Arrays.copyOf(frame, random.nextInt(frame.length + 1))
                : frame;
    }

    private static void fillBehind(long packet, byte value) {
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            RawMemory.fill(Mbuf.data(segment) + Mbuf.segmentLength(segment), BEHIND, value);
            segment = Mbuf.next(segment);
        }
    }

    private static boolean isIntactBehind(long packet, byte value) {
        long segment = packet;
        for (int left = Mbuf.segments(packet); left > 0; left--) {
            long end = Mbuf.data(segment) + Mbuf.segmentLength(segment);
            for (int i = 0; i < BEHIND; i++) {
                if (RawMemory.getByte(end + i) != value) {
                    return false;
                }
            }
            segment = Mbuf.next(segment);
        }
        return true;
    }
}
