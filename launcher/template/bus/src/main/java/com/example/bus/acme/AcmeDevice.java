// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.io.Mmio;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A card on the acme bus. {@link Device} holds what every device has (name, devargs, state,
 * windows); this class adds what only this bus knows.
 *
 * <p>One object stands for one stay on the bus. A card that is pulled out and plugged in again gets
 * a new object with the same name, so code cannot mistake the new card's registers for the old
 * card's.
 */
@ProviderType
public final class AcmeDevice extends Device {
    /** The bus name, as in {@code acme:acme0}, or {@code acme0} if no other bus claims that. */
    public static final String BUS = "acme";

    private final String model;
    private volatile Mmio registers;

    /** Creates a device. Called by the bus only. */
    public AcmeDevice(Devargs devargs, String model) {
        super(BUS, devargs);
        this.model = model;
    }

    /** The model of the card, which selects its driver. Known before the card is opened. */
    public String model() {
        return model;
    }

    /** Sets the registers. Called by the bus after it has mapped them. */
    public void opened(Mmio mapped) {
        registers = mapped;
    }

    /**
     * The registers of the card, BAR0. Valid from probe until remove has returned. Any thread. A
     * read never fails: when the card is gone, it returns all-ones, which no register ever holds.
     */
    public Mmio registers() {
        return registers;
    }
}
