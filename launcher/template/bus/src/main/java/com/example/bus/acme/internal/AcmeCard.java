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
 * The memory is a memfd. After it is truncated to 0 bytes, the next access by any thread raises the
 * same SIGBUS as a real card that is pulled out. Any thread.
 */
final class AcmeCard {
    /** The name of the model in the data sheet. */
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

    /** Maps BAR0. The replacement reads as all-ones, like a bus where no card answers. */
    synchronized Mmio map(MmioMapper mapper, MmioWindows owner) throws IOException {
        return mapper.map(owner, new MmioMapper.Source("BAR0", fd, 0, length, Fill.ONES));
    }

    /**
     * Takes the card out of its slot.
     *
     * @return the time of the removal, on the clock of {@link System#nanoTime}
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
