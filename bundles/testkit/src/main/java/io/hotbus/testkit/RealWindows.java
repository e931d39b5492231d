// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import io.hotbus.core.fault.WindowMapper;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.util.List;

/**
 * The real SIGBUS handler, enabled, and a mapper for real windows. A fault is repaired, and no
 * service is told: the test reads {@link #faults}. The process has one handler, so a test has one
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
        // The table is the process's: faults that earlier tests did not read are theirs.
        table.take();
        mapper = new WindowMapper(linux, table);
    }

    /** Maps windows, which the handler repairs. */
    public MmioMapper mapper() {
        return mapper;
    }

    /** The faults that were repaired since the last call, oldest first. */
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
