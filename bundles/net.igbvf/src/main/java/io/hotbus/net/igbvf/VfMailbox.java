// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.pmd.Registers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The mailbox to the physical function. Control threads ask, one at a time; thread {@code
 * interrupt} looks for what the physical function says unasked.
 *
 * <p>Reads clear bits of V2PMAILBOX, so all reads are made here, and the bits are remembered.
 * Source: data sheet of the 82576, chapter "Inline Functions", virtualization, VF to PF mailbox.
 */
final class VfMailbox {
    private static final int CLEARED_BY_READ =
            VfRegs.MAILBOX_PFSTS | VfRegs.MAILBOX_PFACK | VfRegs.MAILBOX_RSTD;
    private static final long POLL_NANOS = 100_000;

    private final Registers registers;
    private final String label;
    private final Duration limit;
    /** Held while a question is under way. */
    private final ReentrantLock question = new ReentrantLock();
    /** The bits of {@link #CLEARED_BY_READ} that were read and not used yet. Guarded by this. */
    private int seen;
    /** Whether the physical function has said that it starts anew. */
    private volatile boolean cast;
    /** Whether that was so at the check before, too. Thread {@code interrupt}. */
    private boolean castBefore;

    /**
     * {@code label} names the device; {@code limit}: how long the physical function may think.
     */
    VfMailbox(Registers registers, String label, Duration limit) {
        this.registers = registers;
        this.label = label;
        this.limit = limit;
    }

    /** Reads V2PMAILBOX, and adds the bits that earlier reads have cleared. Any thread. */
    private synchronized int status() {
        int now = registers.read32(VfRegs.V2PMAILBOX);
        if (now == Registers.GONE) {
            return 0;
        }
        seen |= now & CLEARED_BY_READ;
        return now | seen;
    }

    /** Returns whether one of {@code bits} was set since it was last used. Any thread. */
    private synchronized boolean use(int bits) {
        boolean was = (status() & bits) != 0;
        seen &= ~bits;
        return was;
    }

    /** Whether the physical function is being reset, or is down. Any thread. */
    boolean isResetting() {
        return (status() & VfRegs.MAILBOX_RSTI) != 0;
    }

    /**
     * Why this function has to be set up again, if the physical function says so. Linux says that
     * it starts anew also right before it goes down, which shows at the next check. Thread {@code
     * interrupt}; does not wait.
     */
    Optional<String> whyLost() {
        if (question.tryLock()) {
            try {
                hear();
            } finally {
                question.unlock();
            }
        }
        if ((status() & VfRegs.MAILBOX_RSTD) != 0) {
            return Optional.of("its physical function was reset");
        }
        boolean lost = cast && castBefore;
        castBefore = cast;
        return lost ? Optional.of("its physical function has begun anew") : Optional.empty();
    }

    /** Reads a message that was not asked for. A busy mailbox is left for the next time. */
    private void hear() {
        if ((status() & VfRegs.MAILBOX_PFSTS) != 0 && take()) {
            use(VfRegs.MAILBOX_PFSTS);
            int first = registers.read32(VfRegs.VMBMEM);
            registers.write32(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_ACK);
            cast = first != Registers.GONE && (first & VfMessage.CTS) == 0;
        }
    }

    private boolean take() {
        registers.write32(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_VFU);
        return (status() & VfRegs.MAILBOX_VFU) != 0;
    }

    /**
     * Sends RESET, with which everything from before is forgotten.
     *
     * @return the answer: RESET with ACK or NACK, and the two words of the address
     * @throws DeviceException the physical function does not answer
     */
    int[] reset() throws DeviceException {
        cast = false;
        return ask("a reset", VfMessage.RESET, 0, 0);
    }

    /**
     * Sends a message that must be obeyed.
     *
     * @param what what it asks for, for messages
     * @throws DeviceException the physical function does not answer, or refuses
     */
    void demand(String what, int... words) throws DeviceException {
        if (!request(what, words)) {
            throw new DeviceException(("%s: its physical function refuses %s (the administrator "
                    + "may have set the address or the VLAN of the virtual function)")
                    .formatted(label, what));
        }
    }

    /** Sends a message; returns whether it was obeyed. See {@link #demand}. */
    boolean request(String what, int... words) throws DeviceException {
        int answer = ask(what, words)[0];
        if ((answer & VfMessage.ACK) == 0 && (answer & VfMessage.CTS) == 0) {
            cast = true;
        }
        return (answer & VfMessage.ACK) != 0;
    }

    /** Sends {@code words}, and returns as many words of the answer. */
    private int[] ask(String what, int... words) throws DeviceException {
        question.lock();
        try {
            long end = System.nanoTime() + limit.toNanos();
            await(what, end, this::take);
            use(words[0] == VfMessage.RESET ? CLEARED_BY_READ
                    : VfRegs.MAILBOX_PFSTS | VfRegs.MAILBOX_PFACK);
            for (int i = 0; i < words.length; i++) {
                registers.write32(VfRegs.VMBMEM + 4L * i, words[i]);
            }
            registers.write32(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_REQ);
            await(what, end, () -> use(VfRegs.MAILBOX_PFACK));
            int[] answer = new int[words.length];
            do {
                await(what, end, () -> use(VfRegs.MAILBOX_PFSTS));
                await(what, end, this::take);
                for (int i = 0; i < answer.length; i++) {
                    answer[i] = registers.read32(VfRegs.VMBMEM + 4L * i);
                }
                registers.write32(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_ACK);
            } while ((answer[0] & VfMessage.TYPE) != (words[0] & VfMessage.TYPE));
            return answer;
        } finally {
            question.unlock();
        }
    }

    private interface Step {
        boolean isDone();
    }

    private void await(String what, long end, Step step) throws DeviceException {
        while (!step.isDone()) {
            if (registers.isAbsent()) {
                throw new DeviceException(label + ": its registers do not answer: it was removed, "
                        + "or its physical function was");
            }
            if (System.nanoTime() > end) {
                throw new DeviceException(("%s: its physical function does not answer %s within %s "
                        + "ms (is its interface up, and driven by igb? `ip link set DEV up`)")
                        .formatted(label, what, limit.toMillis()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
