// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit.pci;

import io.hotbus.os.LinuxException;
import io.hotbus.testkit.TestDma;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Base of the model of one of Intel's gigabit chips: its reset, its link, its interrupt, and when
 * its DMA works. Offsets and bits are those of the data sheets, chapter "Programming Interface".
 */
@ConsumerType
public abstract class GigabitModel extends PciNicModel {
    /** The register CTRL. */
    protected static final long CTRL = 0x00000;
    /** Its bit that ends requests to memory. */
    protected static final int GIO_MASTER_DISABLE = 1 << 2;
    /** Its bit for a reset, which clears itself. */
    protected static final int RST = 1 << 26;
    private static final int SLU = 1 << 6;
    private static final long STATUS = 0x00008;
    private static final int FULL_DUPLEX = 1;
    private static final int LINK_UP = 1 << 1;
    private static final int GIGABIT = 2 << 6;
    private static final int GIO_MASTER_ENABLE = 1 << 19;
    private static final long ICR = 0x000c0;
    private static final long IMS = 0x000d0;
    private static final long IMC = 0x000d8;
    private static final int LSC = 1 << 2;
    private static final int INT_ASSERTED = 1 << 31;
    private static final long RCTL = 0x00100;
    private static final long TCTL = 0x00400;
    private static final int EN = 1 << 1;
    private static final long MTA = 0x05200;
    private static final long RAL = 0x05400;
    private static final long RAH = 0x05404;
    private static final int RAH_AV = 1 << 31;
    private static final int TABLE = 128;
    private static final int ADDRESSES = 16;
    private static final int GARBAGE = 0xdeadbeef;

    /** Whether the chip continues DMA regardless of its registers. */
    public volatile boolean stuckDma;
    /** Its NVM holds no address. */
    public volatile boolean noAddress;
    /** How often the driver has reset it. */
    public volatile int resets;
    /** How often the interrupt was raised. */
    public volatile int interrupts;

    private final byte[] mac;
    private int mask;
    private int causes;
    /** What ICR was set to last, and the causes that were signalled. */
    private int shown;
    private int signalled;

    /**
     * Creates BAR0.
     *
     * @param mac the address in its NVM
     */
    protected GigabitModel(String name, TestDma memory, long barLength, byte[] mac)
            throws LinuxException {
        super(name, memory, barLength);
        this.mac = mac.clone();
    }

    /**
     * Sets the registers that this model alone has to their values after a reset.
     *
     * @return the value of CTRL
     */
    protected abstract int resetOwn();

    /** Does what this chip does besides sending and receiving, in each step. */
    protected void stepOwn() {
    }

    /** Whether its PHY has negotiated. */
    protected boolean hasNegotiated() {
        return true;
    }

    /** Sends and receives a frame of each queue. Returns whether there was one. */
    protected abstract boolean loopBack();

    @Override
    protected final void reset() {
        int control = resetOwn();
        for (int i = 0; i < TABLE; i++) {
            set(MTA + 4L * i, GARBAGE);
        }
        for (int i = 0; i < ADDRESSES; i++) {
            set(RAL + 8L * i, i == 0 ? 0 : GARBAGE);
            set(RAH + 8L * i, i == 0 ? 0 : GARBAGE);
        }
        if (!noAddress) {
            set(RAL, mac[0] & 0xff | (mac[1] & 0xff) << 8 | (mac[2] & 0xff) << 16
                    | (mac[3] & 0xff) << 24);
            set(RAH, mac[4] & 0xff | (mac[5] & 0xff) << 8 | RAH_AV);
        }
        mask = 0;
        causes = 0;
        shown = 0;
        signalled = 0;
        set(STATUS, GIO_MASTER_ENABLE);
        // The driver waits for this one.
        set(CTRL, control);
    }

    /** Sets all registers but CTRL to zero. */
    protected final void clear() {
        for (long register = Integer.BYTES; register < length(0); register += Integer.BYTES) {
            set(register, 0);
        }
    }

    @Override
    protected final boolean step() {
        if ((get(CTRL) & RST) != 0) {
            if (!stuckReset) {
                reset();
                resets++;
            }
            return false;
        }
        stepOwn();
        stepInterrupt();
        stepStatus();
        boolean dma = busMaster && (get(STATUS) & GIO_MASTER_ENABLE) != 0;
        boolean enabled = stuckDma || (get(TCTL) & EN) != 0 && (get(RCTL) & EN) != 0;
        return dma && enabled && cable && !holdTransmit && loopBack();
    }

    /**
     * Takes what the driver has written, and raises the interrupt. A write of ICR is known by its
     * lack of INT_ASSERTED, which ICR shows with all causes.
     */
    private void stepInterrupt() {
        int written = get(ICR);
        if (written != shown) {
            causes &= ~written;
        }
        mask &= ~take(IMC);
        mask |= take(IMS);
        shown = causes == 0 ? 0 : causes | INT_ASSERTED;
        set(ICR, shown);
        int raised = causes & mask & ~signalled;
        signalled = causes & mask;
        if (raised != 0) {
            interrupts++;
            interrupt.run();
        }
    }

    /** What the driver wrote before is done before, and the cause is shown at once. */
    protected final void raise(int cause) {
        stepInterrupt();
        causes |= cause;
        stepInterrupt();
    }

    private void stepStatus() {
        int control = get(CTRL);
        boolean link = cable && (control & SLU) != 0 && hasNegotiated();
        boolean master = stuckDma || (control & GIO_MASTER_DISABLE) == 0;
        int next = (link ? LINK_UP | FULL_DUPLEX | GIGABIT : 0)
                | (master ? GIO_MASTER_ENABLE : 0);
        int changed = get(STATUS) ^ next;
        set(STATUS, next);
        if ((changed & LINK_UP) != 0) {
            signalled &= ~LSC;
            raise(LSC);
        }
    }
}
