// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Reads two million damaged captures: none is read outside of its bytes, and each comes to an end.
 */
final class CaptureFuzzTest {
    private static final int INPUTS = 1_000_000;
    private static final int MAX_MUTATIONS = 4;
    private static final int[] INTERESTING = {0, 1, 4, 12, 13, 28, 32, 60, 0x7f, 0x80, 0xff};

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private byte[] capture;
    private int length;

    private int read(long offset, byte[] to, int at, int most) {
        int got = (int) Math.max(0, Math.min(most, length - offset));
        if (got > 0) {
            System.arraycopy(capture, (int) offset, to, at, got);
        }
        return got;
    }

    @Test
    void shouldSurviveDamagedPcap() {
        byte[] good = Captures.pcap(ByteOrder.LITTLE_ENDIAN, PcapReader.MICROSECONDS, 100, 1)
                .record(1, 2, Captures.data(1, 20)).record(3, 4, Captures.data(2, 33), 1500)
                .bytes();
        damage(good, new PcapReader(new FileWindow(this::read)));
    }

    @Test
    void shouldSurviveDamagedPcapng() {
        byte[] good = new Captures(ByteOrder.BIG_ENDIAN).section(ByteOrder.BIG_ENDIAN)
                .timed(9, 5).enhanced(0, 6, Captures.data(1, 21), 30).block(77, new byte[8])
                .section(ByteOrder.LITTLE_ENDIAN).iface(1, 50)
                .obsolete(0, 7, Captures.data(2, 5), 5).simple(Captures.data(3, 9), 9).bytes();
        damage(good, new PcapngReader(new FileWindow(this::read)));
    }

    private void damage(byte[] good, CaptureReader reader) {
        System.out.println(getClass().getSimpleName() + " seed " + seed);
        int frames = 0;
        int flaws = 0;
        for (int i = 0; i < INPUTS; i++) {
            capture = good.clone();
            length = random.nextInt(8) == 0 ? random.nextInt(good.length + 1) : good.length;
            for (int left = random.nextInt(MAX_MUTATIONS + 1); left > 0; left--) {
                capture[random.nextInt(good.length)] = (byte) (random.nextBoolean()
                        ? random.nextInt() : INTERESTING[random.nextInt(INTERESTING.length)]);
            }
            try {
                frames += readAll(reader);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed %s, input %s: %s".formatted(
                        seed, i, Arrays.toString(Arrays.copyOf(capture, length))), e);
            }
            flaws += reader.hasFlaw() ? 1 : 0;
            if (i % 16 == 0 && reader.hasFlaw()) {
                assertThat(reader.flaw()).startsWith("byte ");
            }
        }
        assertThat(frames).as("frames").isGreaterThan(INPUTS);
        assertThat(flaws).as("flaws").isBetween(INPUTS / 10, INPUTS - INPUTS / 10);
    }

    private int readAll(CaptureReader reader) {
        reader.rewind();
        int frames = 0;
        while (reader.next()) {
            frames++;
            int end = reader.dataAt() + reader.captured();
            if (reader.captured() < 0 || reader.dataAt() < 0
                    || end > reader.file.position() || reader.offset() > length
                    || reader.original() < reader.captured() || frames > length) {
                throw new AssertionError("frame " + frames + " is outside");
            }
        }
        return frames;
    }
}
