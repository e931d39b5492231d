// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.internal.access.PciAccess;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The windows on the BARs of one device. Called under the lock of the device. */
final class PciBars {
    private final MmioMapper mapper;
    private final long pageSize;
    private final Map<Bar, Mmio> windows = new HashMap<>();

    /** {@code pageSize}: only whole pages can be mapped. */
    PciBars(MmioMapper mapper, long pageSize) {
        this.mapper = mapper;
        this.pageSize = pageSize;
    }

    /** The window on that BAR, if it has been mapped. */
    Optional<Mmio> mapped(int index) {
        return windows.entrySet().stream().filter(each -> each.getKey().index() == index)
                .map(Map.Entry::getValue).findFirst();
    }

    /** Maps the BAR, which is not mapped yet. See {@link io.hotbus.bus.pci.PciDevice#mapBar}. */
    Mmio map(LivePciDevice device, PciAccess access, int index) throws DeviceException {
        Bar bar = mappable(device, index);
        PciAccess.Region region = access.region(bar);
        long length = (bar.length() + pageSize - 1) / pageSize * pageSize;
        try {
            Mmio window = mapper.map(device.windows(), new MmioMapper.Source(
                    "BAR" + index, region.fd(), region.offset(), length, Fill.ONES));
            windows.put(bar, window);
            replaceIfGone(device);
            return window;
        } catch (IOException e) {
            throw new DeviceException(e.getMessage(), e);
        }
    }

    private Bar mappable(LivePciDevice device, int index) throws DeviceException {
        Bar bar = device.function().bar(index).orElseThrow(() -> new DeviceException(
                "%s: has no BAR%s, or the kernel has found no room for it (lspci -vv, dmesg)"
                        .formatted(device, index)));
        if (!bar.memory()) {
            throw new DeviceException(
                    "%s: BAR%s is no memory, but I/O ports".formatted(device, index));
        }
        if (bar.start() % pageSize != 0) {
            throw new DeviceException(("%s: BAR%s starts inside a page; boot with "
                    + "pci=resource_alignment=%s@%1$s").formatted(device, index,
                            Long.numberOfTrailingZeros(pageSize)));
        }
        return bar;
    }

    /** Puts the device's memory behind all windows that are replaced. */
    void restore(LivePciDevice device, PciAccess access) throws IOException {
        try {
            for (Map.Entry<Bar, Mmio> each : windows.entrySet()) {
                PciAccess.Region region = access.region(each.getKey());
                mapper.restore(each.getValue(), region.fd(), region.offset());
            }
        } catch (DeviceException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            replaceIfGone(device);
        }
    }

    /**
     * Replaces the windows if the device is gone: its removal may have replaced the windows before
     * this one existed.
     */
    private void replaceIfGone(LivePciDevice device) throws IOException {
        if (device.isGone()) {
            mapper.replace(device.windows());
        }
    }
}
