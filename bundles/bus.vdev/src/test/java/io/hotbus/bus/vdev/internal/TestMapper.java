// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.vdev.internal;

import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import java.util.ArrayList;
import java.util.List;

/** Maps nothing, and keeps a record of what the bus asked of it. */
final class TestMapper implements MmioMapper {
    final List<String> log = new ArrayList<>();

    @Override
    public Mmio map(MmioWindows owner, Source source) {
        Mmio window = new Mmio(source.name(), 0x10_0000, source.length());
        owner.add(window);
        return window;
    }

    @Override
    public void release(MmioWindows owner, Mmio window) {
        if (owner.remove(window)) {
            log.add("released " + owner.owner() + " " + window.name());
        }
    }

    @Override
    public void replace(MmioWindows owner) {
        log.add("replaced " + owner.owner());
    }

    @Override
    public void restore(Mmio window, int fd, long offset) {
        throw new UnsupportedOperationException();
    }
}
