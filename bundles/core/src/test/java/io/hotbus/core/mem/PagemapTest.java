// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.mem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With pages of four small ones. */
class PagemapTest {
    private static final int SMALL = 4096;
    private static final int PAGE = 4 * SMALL;
    private static final long PRESENT = 1L << 63;

    @TempDir
    private Path directory;

    private Pagemap of(long... entries) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(entries.length * Long.BYTES)
                .order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(entries);
        return new Pagemap(Files.write(directory.resolve("pagemap"), bytes.array()), SMALL);
    }

    @Test
    void shouldFindTheFirstFrameOfEachPage() throws IOException {
        long flags = PRESENT | 1L << 61 | 1L << 55;
        Pagemap pagemap = of(0, 0, 0, 0, flags | 8, flags | 9, 0, 0, flags | (1L << 55) - 4);

        assertThat(pagemap.physical(PAGE, 2, PAGE))
                .containsExactly(8 * SMALL, ((1L << 55) - 4) * SMALL);
    }

    @Test
    void shouldTellAThreadThatIsInterrupted() throws IOException {
        Pagemap pagemap = of(PRESENT | 8, 0, 0, 0);
        Thread.currentThread().interrupt();
        try {
            assertThat(pagemap.physical(0, 1, PAGE)).containsExactly(8 * SMALL);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void shouldSayWhatTheKernelDoesNotTell() throws IOException {
        Pagemap pagemap = of(PRESENT, 0, 0, 0, 8, 0, 0, 0, PRESENT | 9);

        assertThatThrownBy(() -> pagemap.physical(0, 1, PAGE)).isInstanceOf(IOException.class)
                .hasMessageContaining("hides").hasMessageContaining("CAP_SYS_ADMIN");
        assertThatThrownBy(() -> pagemap.physical(PAGE, 1, PAGE)).isInstanceOf(IOException.class)
                .hasMessageContaining("no page there");
        assertThatThrownBy(() -> pagemap.physical(2 * PAGE, 1, PAGE))
                .isInstanceOf(IOException.class).hasMessageContaining("no hugepage there (0x9000)");
        assertThatThrownBy(() -> pagemap.physical(3 * PAGE, 1, PAGE))
                .isInstanceOf(IOException.class).hasMessageContaining("ends before");
        assertThatThrownBy(() -> new Pagemap(directory.resolve("none"), SMALL)
                .physical(0, 1, PAGE)).isInstanceOf(IOException.class).hasMessageContaining("none");
    }
}
