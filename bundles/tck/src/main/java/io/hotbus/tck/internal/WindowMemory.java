// SPDX-License-Identifier: Apache-2.0
package io.hotbus.tck.internal;

import io.hotbus.eal.io.Mmio;
import java.util.Optional;

/** A window, and the memory that was mapped in it when the device was attached. */
public final class WindowMemory {
    /** The name of the mapping that replaces memory that was taken. */
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

    /** Whether an access still reaches the memory of the device. */
    public boolean isDevice() {
        return memory.isPresent() && Mappings.at(window.address())
                .filter(now -> now.file().equals(memory.get().file())).isPresent();
    }

    /** Whether the memory was taken, so that the next access raises SIGBUS. */
    public boolean isTaken() {
        return Mappings.at(window.address())
                .filter(now -> now.name().startsWith("/memfd:" + NOTHING)).isPresent();
    }

    /** Whether the window is still mapped, to the memory of the device or to a replacement. */
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
