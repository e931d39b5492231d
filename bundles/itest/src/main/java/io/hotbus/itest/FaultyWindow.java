// SPDX-License-Identifier: Apache-2.0
package io.hotbus.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.os.Linux;
import java.io.IOException;

/** A window that belongs to no device of any bus. Its memory can be taken away and put back. */
final class FaultyWindow implements AutoCloseable {
    private static final long SIZE = 1 << 16;
    private static final int OFFSET = 64;

    private final Linux linux;
    private final MmioMapper mapper;
    private final MmioWindows owner;
    private final int fd;
    private final Mmio window;
    private boolean gone;
    private boolean closed;

    FaultyWindow(Application application) throws IOException {
        this(application, new MmioWindows("itest"));
    }

    /** Maps the window for {@code owner}, which may be a device. */
    FaultyWindow(Application application, MmioWindows owner) throws IOException {
        linux = application.service(Linux.class);
        mapper = application.service(MmioMapper.class);
        this.owner = owner;
        fd = linux.memfd("itest", SIZE);
        window = mapper.map(owner, new MmioMapper.Source("BAR0", fd, 0, SIZE, Fill.ONES));
    }

    /** Takes the memory away and reads it, which raises SIGBUS. Returns the address of the read. */
    long fault() throws IOException {
        if (gone) {
            linux.truncate(fd, SIZE);
            mapper.restore(window, fd, 0);
        }
        gone = true;
        linux.truncate(fd, 0);
        assertThat(window.read32(OFFSET)).isEqualTo(-1);
        return window.address() + OFFSET;
    }

    /** Releases the window, which also settles a fault that no handler has claimed. Idempotent. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            mapper.release(owner, window);
            linux.close(fd);
        }
    }
}
