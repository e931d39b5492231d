// SPDX-License-Identifier: Apache-2.0
package io.hotbus.core.fault;

import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.os.Errno;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import io.hotbus.os.SigbusWindows;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maps windows, and knows the owner of each window in the table of the SIGBUS handler. Any thread.
 */
@Component(service = {MmioMapper.class, WindowMapper.class})
public final class WindowMapper implements MmioMapper {
    private static final Logger LOG = LoggerFactory.getLogger(WindowMapper.class);

    /** A window in the table: its number there, and the set of windows that it belongs to. */
    record Claim(long number, Mmio window, MmioWindows owner) {
    }

    private final Linux linux;
    private final SigbusWindows table;
    private final Map<Mmio, Claim> claims = new ConcurrentHashMap<>();
    private final Map<Long, Claim> byNumber = new ConcurrentHashMap<>();
    /** The claim whose fault is being dispatched, if any. Guarded by this. */
    private Claim held;
    /** Whether {@code held} was released meanwhile, except for its memory. Guarded by this. */
    private boolean heldIsReleased;

    @Activate
    public WindowMapper(@Reference Linux linux, @Reference SigbusWindows table) {
        this.linux = linux;
        this.table = table;
    }

    /** The window of that number; empty if it has been released. */
    Optional<Claim> claim(long number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    @Override
    public Mmio map(MmioWindows owner, Source source) throws IOException {
        String name = owner.owner() + " " + source.name();
        long address = linux.map(name, source.length(), source.fd(), source.offset());
        try {
            long number = table.publish(address, source.length(), source.fill() == Fill.ZEROS);
            Mmio window = new Mmio(name, address, source.length());
            Claim claim = new Claim(number, window, owner);
            byNumber.put(number, claim);
            claims.put(window, claim);
            owner.add(window);
            LOG.debug("{} mapped", window);
            return window;
        } catch (LinuxException e) {
            IOException failure = new IOException(
                    name + " cannot be claimed for SIGBUS: " + e.getMessage(), e);
            try {
                linux.unmap(address, source.length());
            } catch (LinuxException unmap) {
                failure.addSuppressed(unmap);
            }
            throw failure;
        }
    }

    @Override
    public void release(MmioWindows owner, Mmio window) {
        Claim claim = claims.remove(window);
        if (claim == null) {
            return;
        }
        window.revoke();
        boolean withdrawn = withdraw(claim);
        owner.remove(window);
        if (!withdrawn) {
            LOG.error("{} stays mapped, as it is still in the table of the SIGBUS handler", window);
            return;
        }
        synchronized (this) {
            if (held == claim) {
                heldIsReleased = true;
                return;
            }
        }
        unmap(window);
    }

    private void unmap(Mmio window) {
        try {
            linux.unmap(window.address(), window.length());
            LOG.debug("{} unmapped", window);
        } catch (LinuxException e) {
            LOG.error("{} cannot be unmapped", window, e);
        }
    }

    /**
     * Keeps the addresses of {@code claim} mapped until {@link #letGo}, even if it is released: a
     * handler that is asked about a faulting address must not find the window of another device
     * there. One claim at a time. Returns false if the claim was released before.
     */
    synchronized boolean hold(Claim claim) {
        if (byNumber.get(claim.number()) != claim) {
            return false;
        }
        held = claim;
        return true;
    }

    /** Ends {@link #hold}, and unmaps the window if it was released meanwhile. */
    void letGo() {
        Claim released;
        synchronized (this) {
            released = heldIsReleased ? held : null;
            held = null;
            heldIsReleased = false;
        }
        if (released != null) {
            unmap(released.window());
        }
    }

    /**
     * Takes the window out of the table. Returns whether that worked: only then may something else
     * be mapped in its place.
     */
    private boolean withdraw(Claim claim) {
        byNumber.remove(claim.number());
        try {
            table.withdraw(claim.number());
            return true;
        } catch (LinuxException e) {
            LOG.error("{} cannot be withdrawn", claim.window(), e);
            return e.errno() == Errno.ENOENT;
        }
    }

    @Override
    public void replace(MmioWindows owner) throws IOException {
        IOException failure = null;
        for (Mmio window : owner.list()) {
            Claim claim = claims.get(window);
            if (claim == null) {
                continue;
            }
            try {
                table.replace(claim.number());
            } catch (LinuxException e) {
                if (e.errno() == Errno.ENOENT) {
                    LOG.debug("{} released meanwhile", window);
                } else if (failure == null) {
                    failure = new IOException(
                            window.name() + " cannot be replaced: " + e.getMessage(), e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void restore(Mmio window, int fd, long offset) throws IOException {
        Claim claim = claims.get(window);
        if (claim == null) {
            return;
        }
        try {
            table.restore(claim.number(), fd, offset);
            LOG.debug("{} restored", window);
        } catch (LinuxException e) {
            switch (e.errno()) {
                case Errno.EBUSY -> LOG.debug("{} is not replaced, so it is left as it is", window);
                case Errno.ENOENT -> LOG.debug("{} released meanwhile", window);
                default -> throw new IOException(
                        window.name() + " cannot be restored: " + e.getMessage(), e);
            }
        }
    }

    /**
     * Withdraws the windows that their owners have not released. The memory stays mapped, because a
     * thread of an owner may be about to access it.
     */
    @Deactivate
    public void close() {
        for (Mmio window : claims.keySet()) {
            Claim claim = claims.remove(window);
            if (claim != null) {
                LOG.warn("{} was not released by its driver: withdrawn, but left mapped", window);
                withdraw(claim);
            }
        }
    }
}
