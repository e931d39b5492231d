// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.sim;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.Registers;
import java.time.Duration;

/**
 * The windows of a NIC, for the driver.
 *
 * @param registers BAR0
 * @param rings     BAR2
 */
record SimBars(Registers registers, Mmio rings) {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    /**
     * Maps the memory {@code fd}. Both are filled with all-ones when the NIC goes: no descriptor
     * has that value.
     */
    static SimBars map(Attachment attachment, MmioMapper mapper, int fd) throws DeviceException {
        Mmio bar0 = attachment.map(mapper, new MmioMapper.Source(
                "BAR0", fd, 0, SimRegs.BAR0_LENGTH, Fill.ONES));
        Mmio bar2 = attachment.map(mapper, new MmioMapper.Source(
                "BAR2", fd, SimRegs.BAR0_LENGTH, SimRegs.BAR2_LENGTH, Fill.ONES));
        return new SimBars(Registers.withSign(bar0, SimRegs.STATUS), bar2);
    }

    /** Whether no device answers: no register is ever all-ones. */
    boolean isGone() {
        return registers.isAbsent();
    }

    /** See {@link Registers#await}; at most 2 s. */
    boolean await(long register, int mask, int expected) {
        return registers.await(register, mask, expected, LIMIT);
    }

    /** Creates the exception for a NIC {@code name} that did not react. */
    DeviceException failure(String name, String what) {
        return new DeviceException(isGone()
                ? name + ": its registers read all-ones: it was pulled out"
                : name + ": " + what + ": the hardware does not answer");
    }
}
