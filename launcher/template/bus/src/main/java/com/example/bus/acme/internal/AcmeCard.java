// SPDX-License-Identifier: Apache-2.0
package com.example.bus.acme.internal;

import io.hotbus.eal.io.Fill;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.io.MmioWindows;
import io.hotbus.os.Linux;
import io.hotbus.os.LinuxException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A simulated card: a page of registers that can be mapped like a PCI BAR and can vanish like one.
 * The memory is a memfd; truncated to nothing it raises, at the next access by whomever, the very
 * SIGBUS that a real card does when it is pulled out. Any thread.
 */
final class AcmeCard {
    /** What the data sheet calls it. */
    static final String MODEL = "beat";

    private final Linux linux;
    private final String name;
    private final long length;
    /** The memfd; -1 once the card is out. */
    private int fd;

    AcmeCard(Linux linux, String name, int serial) throws LinuxException {
        this.linux = linux;
        this.name = name;
        this.length = linux.pageSize();
        this.fd = linux.memfd(name, length);
        ByteBuffer reset = ByteBuffer.allocate(AcmeRegs.LENGTH).order(ByteOrder.nativeOrder());
        reset.putInt(AcmeRegs.ID, AcmeRegs.ID_VALUE).putInt(AcmeRegs.SERIAL, serial);
        linux.write(fd, reset, 0);
    }

    String model() {
        return MODEL;
    }

    /** All-ones is what a read returns that no card answers, so that is what it is filled with. */
    synchronized Mmio map(MmioMapper mapper, MmioWindows owner) throws IOException {
        return mapper.map(owner, new MmioMapper.Source("BAR0", fd, 0, length, Fill.ONES));
    }

    /**
     * The card leaves its slot.
     *
     * @return when, on the clock of {@link System#nanoTime}
     */
    synchronized long vanish() throws LinuxException {
        long time = System.nanoTime();
        linux.truncate(fd, 0);
        linux.close(fd);
        fd = -1;
        return time;
    }

    @Override
    public String toString() {
        return name;
    }
}
