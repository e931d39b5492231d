// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.io.Mmio;
import java.util.Optional;

/** A window, and what was mapped in it when the device was attached. */
public final class WindowMemory {
    /** The name of what is mapped where memory was taken. */
    static final String NOTHING = "hotbus-tck";

    private final Mmio window;
    private final Optional<Mappings.Mapping> memory;

    WindowMemory(Mmio window) {
        this.window = window;
        this.memory = Mappings.at(window.address());
    }

    public Mmio window() {
        return window;
    }

    /** Whether the device's memory is still what an access reaches. */
    public boolean isDevice() {
        return memory.isPresent() && Mappings.at(window.address())
                .filter(now -> now.file().equals(memory.get().file())).isPresent();
    }

    /** Whether its memory was taken, and the next access will be a SIGBUS. */
    public boolean isTaken() {
        return Mappings.at(window.address())
                .filter(now -> now.name().startsWith("/memfd:" + NOTHING)).isPresent();
    }

    /** Whether a window is still mapped there: the device's memory, or what replaced it. */
    public boolean isMapped() {
        return isDevice() || Mappings.at(window.address())
                .filter(now -> now.start() == window.address()
                        && now.name().startsWith("/memfd:hotbus")).isPresent();
    }

    @Override
    public String toString() {
        return window.toString();
    }
}
