// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.access;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.thread.InterruptThread;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Access through igb_uio: the BARs are the maps of {@code /dev/uioN}, and fault as soon as the
 * function goes. Source: kmod/README.md.
 */
public final class IgbUioAccess extends PhysicalAccess {
    private static final Logger LOG = LoggerFactory.getLogger(IgbUioAccess.class);
    /** MAX_UIO_MAPS. */
    private static final int MAPS = 5;

    private final UioFile file;
    private final long pageSize;
    /** The index of the map, by the name of the BAR. */
    private final Map<String, Integer> maps;

    private IgbUioAccess(Linux linux, PciFunction function, Path directory, UioNode uio)
            throws LinuxException, DeviceException {
        super(linux, function, directory);
        this.pageSize = linux.pageSize();
        try {
            this.maps = maps(uio);
            this.file = new UioFile(linux, uio.node());
        } catch (LinuxException | DeviceException e) {
            super.close();
            throw e;
        }
    }

    /** {@code directory}: the sysfs directory of the function. */
    public static PciAccess open(Linux linux, InterruptThread interrupts, PciFunction function,
            Path directory, UioNode uio, Signals signals) throws LinuxException, DeviceException {
        IgbUioAccess access = new IgbUioAccess(linux, function, directory, uio);
        access.file.watch(interrupts, signals);
        return access;
    }

    /**
     * Reads the names of the maps. Maps are numbered without gaps; the name says which BAR a map
     * is.
     */
    private static Map<String, Integer> maps(UioNode uio) {
        Map<String, Integer> maps = new HashMap<>();
        for (int i = 0; i < MAPS; i++) {
            Path name = uio.directory().resolve("maps/map" + i + "/name");
            try {
                maps.put(Files.readString(name, StandardCharsets.ISO_8859_1).strip(), i);
            } catch (IOException e) {
                break;
            }
        }
        return maps;
    }

    @Override
    public Region region(Bar bar) throws DeviceException {
        Integer map = maps.get("BAR" + bar.index());
        if (map == null) {
            throw new DeviceException("igb_uio has no map for BAR%s of %s (it has: %s)"
                    .formatted(bar.index(), function().address(), maps.keySet()));
        }
        return new Region(file.fd(), map * pageSize);
    }

    @Override
    public void enableInterrupt() throws DeviceException {
        if (!file.hasInterrupt()) {
            throw new DeviceException(function().address()
                    + ": igb_uio has found no interrupt for it (see intr_mode): poll it");
        }
        try {
            file.control(1);
        } catch (LinuxException e) {
            throw new DeviceException(function().address() + ": its interrupt cannot be enabled: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public void rearmInterrupt() {
        control(1);
    }

    @Override
    public void disableInterrupt() {
        control(0);
    }

    private void control(int on) {
        try {
            file.control(on);
        } catch (LinuxException e) {
            LOG.debug("{}: {}", function().address(), e.getMessage());
        }
    }

    @Override
    public void close() {
        file.close();
        super.close();
    }
}
