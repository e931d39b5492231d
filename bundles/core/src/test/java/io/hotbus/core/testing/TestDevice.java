// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.testing;

import static io.hotbus.core.testing.TestOs.LINUX;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** A device of memory: pulled out, the next access to it is a real SIGBUS. */
public final class TestDevice extends Device implements AutoCloseable {
    public static final String BUS = "test";
    public static final int WINDOW_LENGTH = 8192;

    private final MmioMapper mapper;
    private final int fd;
    private final int windowCount;

    public TestDevice(String name, MmioMapper mapper, int windowCount) throws IOException {
        super(BUS, new Devargs(Optional.empty(), name, Map.of()));
        this.mapper = mapper;
        this.windowCount = windowCount;
        fd = LINUX.memfd(name, (long) windowCount * WINDOW_LENGTH);
        for (int i = 0; i < windowCount; i++) {
            mapper.map(windows(), source("BAR" + i, i));
        }
    }

    public MmioMapper.Source source(String window, int index) {
        return new MmioMapper.Source(
                window, fd, (long) index * WINDOW_LENGTH, WINDOW_LENGTH, Fill.ONES);
    }

    public Mmio window(int index) {
        return windows().list().get(index);
    }

    public void pullOut() throws IOException {
        LINUX.truncate(fd, 0);
    }

    /** The memory is there again, and behind every window that was replaced. */
    public void putBack() throws IOException {
        LINUX.truncate(fd, (long) windowCount * WINDOW_LENGTH);
        for (int i = 0; i < windowCount; i++) {
            mapper.restore(window(i), fd, (long) i * WINDOW_LENGTH);
        }
    }

    @Override
    public void close() {
        mapper.releaseAll(windows());
        LINUX.close(fd);
    }
}
