// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.core.fault.WindowMapper;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.util.List;

/**
 * Enables the real SIGBUS handler and maps real windows. A fault is repaired but not reported to a
 * service; the test reads {@link #faults}. The process has one handler, so a test may have only one
 * of these objects, or one {@link TestPlatform}, at a time.
 */
public final class RealWindows implements AutoCloseable {
    private final SigbusWindows table = TestOs.windows();
    private final WindowMapper mapper;

    /** Enables the handler. */
    public RealWindows() throws LinuxException {
        this(TestOs.linux());
    }

    /** Enables the handler; windows are mapped by {@code linux}. */
    public RealWindows(Linux linux) throws LinuxException {
        table.enable();
        // The table belongs to the process; drop faults that earlier tests did not read.
        table.take();
        mapper = new WindowMapper(linux, table);
    }

    /** The mapper, whose windows the handler repairs. */
    public MmioMapper mapper() {
        return mapper;
    }

    /** The faults that the handler repaired since the last call, oldest first. */
    public List<SigbusWindows.Fault> faults() {
        return table.take();
    }

    /** Releases the mapper and disables the handler. */
    @Override
    public void close() throws LinuxException {
        mapper.close();
        table.disable();
    }
}
