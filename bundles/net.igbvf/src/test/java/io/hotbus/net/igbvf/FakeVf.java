// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.igbvf;

import io.hotbus.os.LinuxException;
import io.hotbus.pmd.intel.GigabitRegs;
import io.hotbus.pmd.intel.QueueLayout;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.pci.AdvancedRings;
import io.hotbus.testkit.pci.PciNicModel;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The model of a virtual function, and of Linux' driver of its physical function. The mailbox is
 * plain memory: a write of the driver, instead of a read, clears the bits in it.
 */
final class FakeVf extends PciNicModel {
    private static final int GIGABIT = 2 << GigabitRegs.STATUS_SPEED_SHIFT;

    /** The physical function is down. */
    volatile boolean down;
    /** The physical function does not answer. */
    volatile boolean mute;
    /** The types of messages that are refused. */
    volatile int refused = -1;
    /** The address that the administrator has given; 0: none. */
    volatile long given = 0x525400123410L;
    /** The messages that were answered. */
    final Queue<int[]> messages = new ConcurrentLinkedQueue<>();
    volatile int resets;
    private final AdvancedRings rings;
    private boolean cts;
    private boolean leaving;

    FakeVf(TestDma memory) throws LinuxException {
        super("fake-vf", memory, VfRegs.BAR0_LENGTH);
        rings = new AdvancedRings(
                this, this::translate, QueueLayout.LOW.rx(), QueueLayout.LOW.tx());
        start();
    }

    /** The physical function has been reset. */
    @Override
    protected void reset() {
        for (long register = 0; register < VfRegs.BAR0_LENGTH; register += Integer.BYTES) {
            set(register, 0);
        }
        rings.reset();
        cts = false;
        set(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_RSTD);
        set(GigabitRegs.STATUS, GigabitRegs.STATUS_FD);
    }

    /** The driver of the physical function begins anew, and says so. */
    synchronized void begin() {
        cts = false;
        set(VfRegs.VMBMEM, VfMessage.PF_CONTROL);
        set(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_PFSTS);
    }

    /** The physical function goes down, which it announces. */
    synchronized void goDown() {
        begin();
        leaving = true;
    }

    @Override
    protected boolean step() {
        if ((get(VfRegs.VTCTRL) & VfRegs.VTCTRL_RST) != 0) {
            rings.reset();
            resets++;
            set(VfRegs.VTCTRL, 0);
        }
        boolean link = cable && !down;
        set(GigabitRegs.STATUS,
                GigabitRegs.STATUS_FD | (link ? GigabitRegs.STATUS_LU | GIGABIT : 0));
        int mailbox = get(VfRegs.V2PMAILBOX);
        if (leaving && (mailbox & VfRegs.MAILBOX_ACK) != 0) {
            leaving = false;
            down = true;
        }
        if (down) {
            set(VfRegs.V2PMAILBOX, mailbox | VfRegs.MAILBOX_RSTI);
            return false;
        }
        if ((mailbox & VfRegs.MAILBOX_RSTI) != 0) {
            reset();
        } else if ((mailbox & VfRegs.MAILBOX_REQ) != 0 && !mute) {
            answer();
        } else if ((mailbox & VfRegs.MAILBOX_ACK) != 0) {
            set(VfRegs.V2PMAILBOX, 0);
        }
        return busMaster && link && cts && !holdTransmit && loopBack();
    }

    private void answer() {
        int[] message = new int[VfRegs.VMBMEM_WORDS];
        for (int i = 0; i < message.length; i++) {
            message[i] = get(VfRegs.VMBMEM + 4L * i);
        }
        messages.add(message);
        int type = message[0] & VfMessage.TYPE;
        boolean obeyed = cts && type != refused;
        if (type == VfMessage.RESET) {
            cts = true;
            obeyed = given != 0;
            long bytes = Long.reverseBytes(given << Short.SIZE);
            set(VfRegs.VMBMEM + 4, (int) bytes);
            set(VfRegs.VMBMEM + 8, (int) (bytes >>> Integer.SIZE));
        }
        set(VfRegs.VMBMEM, message[0] | (obeyed ? VfMessage.ACK : VfMessage.NACK)
                | (cts ? VfMessage.CTS : 0));
        set(VfRegs.V2PMAILBOX, VfRegs.MAILBOX_PFACK | VfRegs.MAILBOX_PFSTS);
    }

    private boolean loopBack() {
        Optional<byte[]> frame = rings.read();
        if (frame.isEmpty() || !rings.receive(frame.get(), 0, 0)) {
            return false;
        }
        rings.sent();
        return true;
    }

    /** The first message of a type that was answered. */
    Optional<int[]> message(int type) {
        return messages.stream().filter(m -> (m[0] & VfMessage.TYPE) == type).findFirst();
    }
}
