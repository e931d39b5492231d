// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.pcap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CaptureReaderTest {
    private static final byte[] DATA = Captures.data(1, 60);

    private record Frame(String data, long original, long time) {
        Frame(byte[] data, long original, long time) {
            this(Arrays.toString(data), original, time);
        }
    }

    private static List<Frame> read(CaptureReader reader) {
        List<Frame> frames = new ArrayList<>();
        while (reader.next()) {
            frames.add(new Frame(Arrays.copyOfRange(reader.bytes(), reader.dataAt(),
                    reader.dataAt() + reader.captured()), reader.original(),
                    reader.timed() ? reader.time() : -1));
        }
        return frames;
    }

    private static CaptureReader open(Captures capture) throws CaptureException {
        return CaptureReader.open(Captures.input(capture.bytes(), 1 << 20));
    }

    private static List<Frame> readWhole(Captures capture) throws CaptureException {
        CaptureReader reader = open(capture);
        List<Frame> frames = read(reader);
        assertThat(reader.hasFlaw()).isFalse();
        return frames;
    }

    private static ByteOrder order(String name) {
        return name.equals("big") ? BIG_ENDIAN : LITTLE_ENDIAN;
    }

    @ParameterizedTest
    @CsvSource({"big, a1b2c3d4, 1000", "big, a1b23c4d, 1",
                "little, a1b2c3d4, 1000", "little, a1b23c4d, 1"})
    void shouldReadPcapInEachOrderAndUnit(String order, String magic, int unit) throws Exception {
        Captures capture = Captures.pcap(
                order(order), Integer.parseUnsignedInt(magic, 16), 65_535, 1)
                .record(1_700_000_000, 999_999, DATA)
                .record(0xffff_fffeL, 7, DATA, 1500).record(0, 0, new byte[0]);

        assertThat(readWhole(capture)).containsExactly(
                new Frame(DATA, 60, 1_700_000_000_000_000_000L + 999_999L * unit),
                new Frame(DATA, 1500, 0xffff_fffeL * 1_000_000_000 + 7L * unit),
                new Frame(new byte[0], 0, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100_000, 1 << 20})
    void shouldReadThroughItsWindow(int chunk) throws Exception {
        Captures capture = Captures.nanos();
        List<Frame> expected = new ArrayList<>();
        int frames = chunk == 1 ? 50 : 2000;
        for (int i = 0; i < frames; i++) {
            byte[] data = Captures.data(i, 1 + i * 37 % 1500);
            capture.record(i, i, data);
            expected.add(new Frame(data, data.length, i * 1_000_000_001L));
        }
        CaptureReader reader = CaptureReader.open(Captures.input(capture.bytes(), chunk));

        assertThat(read(reader)).isEqualTo(expected);
        assertThat(reader.hasFlaw()).isFalse();
        reader.rewind();
        assertThat(read(reader)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"100, 100", "0, 200", "200, 200", "-1, 200"})
    void shouldCutFramesToTheSnaplen(int snaplen, int captured) throws Exception {
        Captures pcap = Captures.pcap(LITTLE_ENDIAN, PcapReader.NANOSECONDS, snaplen, 1);
        Captures pcapng = new Captures(LITTLE_ENDIAN).section(LITTLE_ENDIAN).iface(1, snaplen);
        byte[] data = Captures.data(3, 200);
        byte[] cut = Arrays.copyOf(data, captured);

        assertThat(readWhole(pcap.record(0, 1, data, 1500).record(0, 2, DATA)))
                .containsExactly(new Frame(cut, 1500, 1), new Frame(DATA, 60, 2));
        assertThat(readWhole(pcapng.enhanced(0, 1, data, 1500).enhanced(0, 2, DATA, 60)))
                .containsExactly(new Frame(cut, 1500, 1000), new Frame(DATA, 60, 2000));
    }

    @Test
    void shouldTakeFramesOfUpTo262144Bytes() throws Exception {
        byte[] longest = Captures.data(1, 262_144);
        assertThat(readWhole(Captures.nanos().record(0, 1, longest).record(0, 2, longest)))
                .containsExactly(new Frame(longest, 262_144, 1), new Frame(longest, 262_144, 2));
        assertThat(readWhole(new Captures(BIG_ENDIAN).section(BIG_ENDIAN).iface(1, 0)
                .enhanced(0, 1, longest, 262_144)))
                .containsExactly(new Frame(longest, 262_144, 1000));
        assertFlaw(Captures.nanos().record(0, 1, DATA).record(0, 2, new byte[262_145]),
                1, "byte 100: a frame of 262145 bytes is longer than any (262144)");
    }

    @Test
    void shouldKeepTheBytesOfFrameCheckSequences() throws Exception {
        Captures capture = Captures.pcap(LITTLE_ENDIAN, PcapReader.NANOSECONDS, 0, 0x2400_0001);
        assertThat(readWhole(capture.record(0, 1, Captures.data(1, 64))))
                .containsExactly(new Frame(Captures.data(1, 64), 64, 1));
    }

    @Test
    void shouldReadSectionsInAnyOrderOfBytes() throws Exception {
        Captures capture = new Captures(LITTLE_ENDIAN)
                .section(LITTLE_ENDIAN).iface(1, 0).enhanced(0, 1, DATA, 60)
                .section(BIG_ENDIAN).timed(9, 5).iface(1, 0)
                .enhanced(1, 2, DATA, 61).enhanced(0, 3, DATA, 62)
                .section(BIG_ENDIAN).section(LITTLE_ENDIAN).iface(1, 0)
                .obsolete(0, 4, DATA, 63).simple(DATA, 60);

        assertThat(readWhole(capture)).containsExactly(
                new Frame(DATA, 60, 1000), new Frame(DATA, 61, 2000),
                new Frame(DATA, 62, 5_000_000_003L), new Frame(DATA, 63, 4000),
                new Frame(DATA, 60, -1));
    }

    @Test
    void shouldSkipBlocksThatItDoesNotKnow() throws Exception {
        Captures capture = new Captures(BIG_ENDIAN).section(BIG_ENDIAN)
                .block(0x0bad, new byte[0]).iface(1, 0).block(5, new byte[100])
                .block(4, new byte[3 << 20]).enhanced(0, 1, DATA, 60).block(10, new byte[8]);

        assertThat(readWhole(capture)).containsExactly(new Frame(DATA, 60, 1000));
    }

    @Test
    void shouldCutSimplePacketsToTheSnaplenOfTheFirstInterface() throws Exception {
        Captures capture = new Captures(LITTLE_ENDIAN).section(LITTLE_ENDIAN).iface(1, 40)
                .simple(Arrays.copyOf(DATA, 40), 1500);

        assertThat(readWhole(capture))
                .containsExactly(new Frame(Arrays.copyOf(DATA, 40), 1500, -1));
    }

    @ParameterizedTest
    @CsvSource({
            "0,    5,                    5000000000",
            "3,    1700000000123,        1700000000123000000",
            "6,    1700000000123456,     1700000000123456000",
            "9,    1700000000123456789,  1700000000123456789",
            "12,   1700000000123456789,  1700000000123456",
            "18,   -1,                   18446744073",
            "27,   -1,                   18",
            "40,   -1,                   0",
            "127,  -1,                   0",
            "0x80, 5,                    5000000000",
            "0x81, 5,                    2500000000",
            "0x8a, 1536,                 1500000000",
            "0xa0, 0x1c0000000,          1750000000",
            "0xbf, -1,                   1999999999",
            "0xc0, -1,                   999999999",
            "0xc0, 0x4000000000000000,   250000000",
            "0xc1, -1,                   499999999",
            "0xff, -1,                   0"})
    void shouldConvertTimesOfEachUnit(String resolution, String ticks, long nanos) {
        assertThat(Interfaces.nanos(Long.decode(ticks), Integer.decode(resolution)))
                .isEqualTo(nanos);
    }

    private static void assertFlaw(Captures capture, int frames, String words) throws Exception {
        CaptureReader reader = open(capture);
        assertThat(read(reader)).hasSize(frames);
        assertThat(reader.hasFlaw()).isTrue();
        assertThat(reader.flaw()).isEqualTo(words);
        assertThat(reader.next()).isFalse();
    }

    @Test
    void shouldSayWhereAndWhyAFileIsCutOff() throws Exception {
        byte[] whole = Captures.nanos().record(0, 1, DATA).record(0, 2, DATA).bytes();
        for (int end = 101; end < whole.length; end++) {
            int missing = end < 116 ? 116 - end : whole.length - end;
            assertFlaw(new Captures(LITTLE_ENDIAN).raw(Arrays.copyOf(whole, end)), 1,
                    "byte 100: it is cut off: " + missing + " bytes more are needed");
        }
        Captures next = new Captures(LITTLE_ENDIAN).section(LITTLE_ENDIAN).iface(1, 0)
                .enhanced(0, 1, DATA, 60);
        int good = next.bytes().length;
        byte[] two = next.enhanced(0, 1, DATA, 60).bytes();
        for (int end = good + 1; end < two.length; end++) {
            int missing = end < good + 12 ? good + 12 - end : two.length - end;
            assertFlaw(new Captures(LITTLE_ENDIAN).raw(Arrays.copyOf(two, end)), 1,
                    "byte " + good + ": it is cut off: " + missing + " bytes more are needed");
        }
    }

    @Test
    void shouldSayWhereAndWhyABlockIsWrong() throws Exception {
        Captures good = new Captures(LITTLE_ENDIAN).section(LITTLE_ENDIAN).iface(1, 0)
                .enhanced(0, 1, DATA, 60);
        byte[] head = good.bytes();
        int at = head.length;
        assertFlaw(begin(head).enhanced(1, 1, DATA, 60), 1, "byte " + (at + 8)
                + ": a frame is of interface 1, which is not described before it");
        assertFlaw(begin(head).put(12, b -> b.putInt(99).putInt(13).putInt(13)), 1,
                "byte " + (at + 4) + ": a block cannot have 13 bytes");
        assertFlaw(begin(head).put(12, b -> b.putInt(99).putInt(8).putInt(8)), 1,
                "byte " + (at + 4) + ": a block cannot have 8 bytes");
        assertFlaw(begin(head).put(16, b -> b.putInt(99).putInt(16).putInt(0).putInt(20)), 1,
                "byte " + (at + 12) + ": the end of a block says that it has 20 bytes, its "
                        + "beginning says otherwise");
        assertFlaw(begin(head).put(16, b -> b.putInt(99).putInt(-16).putLong(0)), 1,
                "byte " + at + ": it is cut off within a block of 4294967280 bytes");
        assertFlaw(begin(head).put(32, b -> b.putInt(6).putInt(32).putInt(0).putLong(0)
                .putInt(1).putInt(1).putInt(32)), 1,
                "byte " + at + ": a frame of 1 bytes does not fit in its block");
        assertFlaw(begin(head).put(32, b -> b.putInt(6).putInt(32).putInt(0).putLong(0)
                .putInt(-1).putInt(-1).putInt(32)), 1,
                "byte " + at + ": a frame of 4294967295 bytes is longer than any (262144)");
        assertFlaw(begin(head).iface(101, 0), 1, "byte " + (at + 8)
                + ": the link type is 101, and only Ethernet (1) is possible");
        assertFlaw(begin(head).block(1, new byte[] {1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 20, 0}), 1,
                "byte " + (at + 16) + ": an option of 20 bytes does not fit in its block");
        assertFlaw(begin(head).block(PcapngReader.SECTION, new byte[16]), 1, "byte " + (at + 8)
                + ": a section has the byte-order magic 0x0");
    }

    private static Captures begin(byte[] head) {
        return new Captures(LITTLE_ENDIAN).raw(head);
    }

    @Test
    void shouldRefuseWhatIsNoCapture() throws Exception {
        assertRefused(new Captures(LITTLE_ENDIAN), "it is empty, without the header of a capture");
        assertRefused(begin(new byte[] {1}), "byte 0: it is cut off: 23 bytes more are needed");
        assertRefused(begin("a text file of some lines".getBytes()),
                "byte 0: it begins with 0x65742061: this is neither pcap nor pcapng");
        assertRefused(Captures.pcap(BIG_ENDIAN, PcapReader.NANOSECONDS, 0, 101),
                "byte 20: the link type is 101, and only Ethernet (1) is possible");
        assertRefused(new Captures(BIG_ENDIAN).section(BIG_ENDIAN).iface(101, 0),
                "byte 36: the link type is 101, and only Ethernet (1) is possible");
        assertRefused(new Captures(BIG_ENDIAN).section(BIG_ENDIAN).enhanced(0, 1, DATA, 60),
                "byte 36: a frame is of interface 0, which is not described before it");
        assertRefused(begin(new byte[] {0x4d, 0x3c, (byte) 0xb2, (byte) 0xa1, 3, 0, 0, 0}).raw(
                new byte[16]), "byte 4: its version is not known (3.x)");
    }

    private static void assertRefused(Captures capture, String words) {
        assertThatExceptionOfType(CaptureException.class).isThrownBy(() -> open(capture))
                .withMessage(words);
    }

    @Test
    void shouldTellAFailureFromTheEnd() throws Exception {
        byte[] capture = Captures.nanos().record(0, 1, DATA).record(0, 2, DATA).bytes();
        Input sound = Captures.input(capture, 100);
        CaptureReader reader = CaptureReader.open((offset, to, at, length) ->
                offset >= 100 ? -1 : sound.read(offset, to, at, length));
        assertThat(read(reader)).hasSize(1);
        assertThat(reader.flaw()).isEqualTo("byte 100: it cannot be read");
    }
}
