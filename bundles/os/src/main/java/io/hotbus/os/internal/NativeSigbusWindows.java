// SPDX-License-Identifier: Apache-2.0
package io.hotbus.os.internal;

import io.hotbus.os.Errno;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link SigbusWindows} by libhotbus. Immediate: a delayed component would be deactivated, and the
 * handler removed with it, whenever the last bundle that uses it is updated.
 */
@Component(immediate = true)
public final class NativeSigbusWindows implements SigbusWindows {
    private static final Logger LOG = LoggerFactory.getLogger(NativeSigbusWindows.class);

    private static final int TAKE_AT_ONCE = 64;

    private static final Status[] STATUSES = Status.values();
    private static final State[] STATES = State.values();

    private final NativeHotbus hotbus;
    private final Runtime runtime;

    @Activate
    public NativeSigbusWindows(@Reference NativeHotbus hotbus) {
        this.hotbus = hotbus;
        this.runtime = Runtime.getRuntime(hotbus);
    }

    /**
     * Disables the handler. The library stays in the process, because another handler may still
     * call it.
     */
    @Deactivate
    public void deactivate() {
        if (status() == Status.OFF) {
            return;
        }
        try {
            disable();
        } catch (LinuxException e) {
            LOG.warn("{}", e.getMessage());
        }
    }

    @Override
    public void enable() throws LinuxException {
        final Status before = status();
        final int rc = hotbus.hb_sigbus_enable();
        if (rc == -Errno.ENOTSUP) {
            throw failure("SIGBUS handler", rc, ": libjsig is loaded in this JVM and would call"
                    + " every other handler first; start it without LD_PRELOAD=libjsig.so");
        }
        check("SIGBUS handler", rc);
        if (before != Status.ON) {
            LOG.info("SIGBUS handler is in place");
        }
    }

    @Override
    public void disable() throws LinuxException {
        final Status before = status();
        final int rc = hotbus.hb_sigbus_disable();
        if (rc == -Errno.EBUSY) {
            throw failure("SIGBUS handler", rc, ": another library has installed its handler over"
                    + " it, so it stays in the chain, idle");
        }
        check("removal of the SIGBUS handler", rc);
        if (before != Status.OFF) {
            LOG.info("SIGBUS handler is removed");
        }
    }

    @Override
    public Status status() {
        return STATUSES[hotbus.hb_sigbus_status()];
    }

    @Override
    public long publish(long address, long length, boolean zeros) throws LinuxException {
        final long rc = hotbus.hb_window_publish(address, length,
                zeros ? NativeHotbus.FILL_ZEROS : NativeHotbus.FILL_ONES);
        if (rc < 0) {
            throw failure("publish window 0x" + Long.toHexString(address) + "+" + length, (int) rc,
                    switch ((int) -rc) {
                        case Errno.EINVAL -> ": it must begin and end at a page and not be empty";
                        case Errno.EEXIST -> ": it overlaps a published window";
                        default -> "";
                    });
        }
        return rc;
    }

    @Override
    public void replace(long window) throws LinuxException {
        check("replace window " + window, hotbus.hb_window_replace(window));
    }

    @Override
    public void restore(long window, int fd, long offset) throws LinuxException {
        final int rc = hotbus.hb_window_restore(window, fd, offset);
        if (rc == -Errno.EBUSY) {
            throw failure("restore window " + window, rc, ": it is not replaced");
        }
        check("restore window " + window + " from fd " + fd, rc);
    }

    @Override
    public void withdraw(long window) throws LinuxException {
        check("withdraw window " + window, hotbus.hb_window_withdraw(window));
    }

    @Override
    public Optional<Window> window(long window) {
        final NativeHotbus.WindowInfo info = new NativeHotbus.WindowInfo(runtime);
        // The only possible failure is that there is no such window.
        if (hotbus.hb_window_info(window, info) < 0) {
            return Optional.empty();
        }
        return Optional.of(new Window(info.address.get(), info.length.get(),
                STATES[info.state.get()], info.fill.get() == NativeHotbus.FILL_ZEROS,
                info.faults.get()));
    }

    @Override
    public Totals totals() {
        final NativeHotbus.Totals totals = new NativeHotbus.Totals(runtime);
        hotbus.hb_totals(totals);
        return new Totals(totals.windows.get(), totals.faults.get());
    }

    @Override
    public int eventfd() throws LinuxException {
        final int fd = hotbus.hb_fault_eventfd();
        check("eventfd of the SIGBUS handler", fd);
        return fd;
    }

    @Override
    public List<Fault> take() {
        final NativeHotbus.Fault fault = new NativeHotbus.Fault(runtime);
        final int size = NativeHotbus.FAULT_BYTES;
        final Pointer records = runtime.getMemoryManager().allocate(TAKE_AT_ONCE * size);
        final List<Fault> faults = new ArrayList<>();
        int taken;
        do {
            taken = hotbus.hb_fault_take(records, TAKE_AT_ONCE);
            for (int i = 0; i < taken; i++) {
                fault.useMemory(records.slice((long) i * size, size));
                faults.add(toFault(fault));
            }
        } while (taken == TAKE_AT_ONCE);
        return faults;
    }

    private static Fault toFault(NativeHotbus.Fault f) {
        return new Fault(f.window.get(), f.address.get(), f.tid.get(), f.timeNs.get(),
                f.repairNs.get(), f.count.intValue());
    }

    private static void check(String call, int rc) throws LinuxException {
        if (rc < 0) {
            throw failure(call, rc, "");
        }
    }

    private static LinuxException failure(String call, int rc, String explanation) {
        return new LinuxException(call, -rc, ErrnoText.of(-rc) + explanation);
    }
}
