// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.io.Mmio;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A card on the acme bus. What every device has (name, devargs, state, windows) is in {@link
 * Device}; here is what this bus knows in addition.
 *
 * <p>One object is one stay on the bus. A card that is pulled out and plugged in again is a new
 * object of the same name, so nobody can mistake the new card's registers for the old one's.
 */
@ProviderType
public final class AcmeDevice extends Device {
    /** The name of the bus: {@code acme:acme0} and, where no other bus claims it, {@code acme0}. */
    public static final String BUS = "acme";

    private final String model;
    private volatile Mmio registers;

    /** For the bus. */
    public AcmeDevice(Devargs devargs, String model) {
        super(BUS, devargs);
        this.model = model;
    }

    /** What kind of card it is, by which its driver is found. Known before it is opened. */
    public String model() {
        return model;
    }

    /** For the bus: it has mapped the registers. */
    public void opened(Mmio mapped) {
        registers = mapped;
    }

    /**
     * The card's registers, BAR0: from probe until remove has returned. Any thread. Reading them
     * never fails: when the card is gone they read all-ones, which no register ever holds.
     */
    public Mmio registers() {
        return registers;
    }
}
