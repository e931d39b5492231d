// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.Mmio;
import java.util.function.IntSupplier;

/**
 * The configuration of the network device. Any thread. A field that the device does not have reads
 * all-ones. Source: 5.1.4 and 2.5.
 */
final class VirtioNetConfig {
    private static final int ALL_ONES_16 = 0xffff;
    private static final int ALL_ONES_8 = 0xff;
    /** A configuration that changes during each read of it is read no more often. */
    private static final int READS = 16;
    private static final int MAC_BYTES = 6;

    private final Mmio bar;
    private final VirtioCapabilities.Structure at;
    private final IntSupplier generation;

    /** {@code generation} reads CONFIG_GENERATION. */
    VirtioNetConfig(Mmio bar, VirtioCapabilities.Structure at, IntSupplier generation) {
        this.bar = bar;
        this.at = at;
        this.generation = generation;
    }

    private boolean has(long end) {
        return end <= at.length();
    }

    /** Reads 8 bits. */
    int read8(long register) {
        return has(register + Byte.BYTES)
                ? Byte.toUnsignedInt(bar.read8(at.offset() + register)) : ALL_ONES_8;
    }

    /** Reads 16 bits. */
    int read16(long register) {
        return has(register + Short.BYTES)
                ? Short.toUnsignedInt(bar.read16(at.offset() + register)) : ALL_ONES_16;
    }

    /** Reads 32 bits. */
    int read32(long register) {
        return has(register + Integer.BYTES) ? bar.read32(at.offset() + register) : -1;
    }

    /** Reads the six bytes of the address in one state of the configuration, 2.5.1. */
    long macAddress() {
        long address = 0;
        for (int reads = 0; reads < READS; reads++) {
            int before = generation.getAsInt();
            address = 0;
            for (int i = 0; i < MAC_BYTES; i++) {
                address = address << Byte.SIZE | read8(VirtioRegs.MAC + i);
            }
            if (before == generation.getAsInt()) {
                break;
            }
        }
        return address;
    }
}
