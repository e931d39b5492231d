// SPDX-License-Identifier: Apache-2.0
package io.hotbus.netif.packet;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.testkit.TestOs;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class L4ChecksumTest {
    private static final int FUZZED = 500_000;

    @Test
    void shouldNotReadOrWriteOutsideOfAFrame() throws Exception {
        final Random random = new Random(5);
        final long page = TestOs.linux().pageSize();
        final long memory = TestOs.linux().mapAnonymous("frame", 2 * page, page);
        // An access behind the frame ends the process.
        TestOs.linux().unmap(memory + page, page);
        final byte[] frame = new byte[1500];
        for (int i = 0; i < FUZZED; i++) {
            final int length = 14 + random.nextInt(100);
            for (int n = 0; n < length; n++) {
                frame[n] = (byte) random.nextInt(256);
            }
            final boolean four = random.nextBoolean();
            frame[12] = (byte) (four ? 8 : 0x86);
            frame[13] = (byte) (four ? 0 : 0xdd);
            if (length > 23) {
                frame[four ? 23 : 20] = (byte) (random.nextBoolean() ? 6 : 17);
                frame[four ? 16 : 18] = 0;
            }
            final long at = memory + page - length;
            RawMemory.copy(frame, 0, at, length);
            L4Checksum.finish(at, length);
        }
        TestOs.linux().unmap(memory, page);
    }
}
