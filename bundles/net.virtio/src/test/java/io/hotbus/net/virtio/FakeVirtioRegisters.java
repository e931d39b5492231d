// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.os.LinuxException;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.testkit.TestDma;
import io.hotbus.testkit.pci.PciNicModel;
import java.util.Arrays;

/**
 * The registers of a model of a virtio network device. Registers that hold other values as soon as
 * a register is written are set by {@link #settle}, which the driver calls.
 */
abstract class FakeVirtioRegisters extends PciNicModel {
    static final byte[] MAC = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    static final long LENGTH = 0x4000;
    static final long ISR = 0x1000;
    static final long NET = 0x2000;
    static final long NOTIFY = 0x3000;
    static final int MULTIPLIER = 4;
    static final int MAX_SIZE = 1024;
    static final int QUIET = -1;
    /** There are no others until the driver has accepted MQ, as in QEMU. */
    private static final int FIRST_QUEUES = 3;
    private static final int QUEUE_WORDS = 8;

    volatile long offered = VirtioFeature.VERSION_1 | VirtioFeature.MAC | VirtioFeature.STATUS
            | VirtioFeature.MRG_RXBUF;
    volatile int queues = 3;
    volatile int maxSize = MAX_SIZE;
    volatile boolean refusesFeatures;
    volatile int notifyOff;
    volatile int mtu = 1500;
    volatile byte firstMacByte = MAC[0];
    volatile boolean announce;
    volatile int rssKeySize = 40;
    volatile int rssTableLength = 128;
    volatile int hashTypes = 0x3f;
    /** The status that makes it vanish, and how. */
    volatile int vanishAtStatus = -1;
    volatile Vanished vanishAs = Vanished.ALL_ONES;
    volatile int resets;
    volatile long accepted;

    private final int[][] queueRegisters = new int[64][QUEUE_WORDS];
    private final int[] driverFeatures = new int[2];
    private int driverHalf;
    private int selected;

    FakeVirtioRegisters(TestDma memory) throws LinuxException {
        super("fake-virtio", memory, LENGTH);
    }

    /** The device was reset: it has no queues. */
    protected abstract void forgetQueues();

    /** The driver is ready. */
    protected abstract void goLive();

    protected abstract boolean isLive();

    @Override
    protected void reset() {
        for (long register = 0; register < VirtioRegs.COMMON_LENGTH; register += Integer.BYTES) {
            set(register, 0);
        }
        for (int i = 0; i < queueRegisters.length; i++) {
            Arrays.fill(queueRegisters[i], 0);
            queueRegisters[i][0] = i < FIRST_QUEUES ? maxSize | 0xffff0000 : 0xffff0000;
            queueRegisters[i][1] = (i + notifyOff) << Short.SIZE;
        }
        forgetQueues();
        Arrays.fill(driverFeatures, 0);
        accepted = 0;
        driverHalf = 0;
        selected = 0;
        loadQueue();
        set(VirtioRegs.CONFIG_MSIX_VECTOR, FIRST_QUEUES << Short.SIZE | 0xffff);
        for (int i = 0; i < 64; i++) {
            set(NOTIFY + (long) i * MULTIPLIER, QUIET);
        }
        refreshConfig();
    }

    final void refreshConfig() {
        set(NET, firstMacByte & 0xff | (MAC[1] & 0xff) << 8 | (MAC[2] & 0xff) << 16
                | (MAC[3] & 0xff) << 24);
        set(NET + 4, MAC[4] & 0xff | (MAC[5] & 0xff) << 8 | (cable ? 1 : 0) << 16
                | (announce ? 2 : 0) << 16);
        set(NET + 8, (queues - 1) / 2 | mtu << 16);
        set(NET + 12, 25_000);
        boolean rss = VirtioFeature.has(offered, VirtioFeature.RSS);
        set(NET + 16, 1 | (rss ? rssKeySize << 8 | rssTableLength << 16 : 0));
        set(NET + 20, rss ? hashTypes : 0);
    }

    private void loadQueue() {
        for (int i = 0; i < QUEUE_WORDS; i++) {
            set(VirtioRegs.QUEUE_SIZE + 4L * i, queueRegisters[selected][i]);
        }
    }

    private void saveQueue() {
        for (int i = 0; i < QUEUE_WORDS; i++) {
            queueRegisters[selected][i] = get(VirtioRegs.QUEUE_SIZE + 4L * i);
        }
    }

    private int status() {
        return get(VirtioRegs.DEVICE_STATUS) & 0xff;
    }

    /** Reacts to the registers that the driver has written. */
    final synchronized void settle() {
        if (isGone()) {
            return;
        }
        if (status() == vanishAtStatus) {
            vanish(vanishAs);
            return;
        }
        if (status() == 0 && !stuckReset) {
            resets++;
            reset();
            return;
        }
        if (stuckReset && status() == 0) {
            writeStatus(VirtioRegs.STARTED);
        }
        int half = get(VirtioRegs.DEVICE_FEATURE_SELECT);
        set(VirtioRegs.DEVICE_FEATURE, (int) (offered >>> half * Integer.SIZE));
        driverFeatures[driverHalf] = get(VirtioRegs.DRIVER_FEATURE);
        driverHalf = get(VirtioRegs.DRIVER_FEATURE_SELECT);
        set(VirtioRegs.DRIVER_FEATURE, driverFeatures[driverHalf]);
        saveQueue();
        selected = get(VirtioRegs.DEVICE_STATUS) >>> Short.SIZE;
        loadQueue();
        settleStatus();
    }

    private void settleStatus() {
        if ((status() & VirtioRegs.FEATURES_OK) != 0 && accepted == 0) {
            accepted = (long) driverFeatures[1] << Integer.SIZE
                    | Integer.toUnsignedLong(driverFeatures[0]);
            if (refusesFeatures || (accepted & ~offered) != 0) {
                writeStatus(status() & ~VirtioRegs.FEATURES_OK);
            } else if (VirtioFeature.has(accepted, VirtioFeature.MQ)) {
                for (int i = FIRST_QUEUES; i < queues; i++) {
                    queueRegisters[i][0] |= maxSize;
                }
                set(VirtioRegs.CONFIG_MSIX_VECTOR,
                        queues << Short.SIZE | get(VirtioRegs.CONFIG_MSIX_VECTOR) & 0xffff);
            }
        }
        if ((status() & VirtioRegs.DRIVER_OK) != 0 && !isLive()) {
            goLive();
        }
    }

    final void writeStatus(int status) {
        set(VirtioRegs.DEVICE_STATUS, get(VirtioRegs.DEVICE_STATUS) & ~0xff | status);
    }

    final boolean isEnabled(int queue) {
        return (queueRegisters[queue][1] & 0xffff) == 1;
    }

    /** The addresses of the areas of a queue. */
    final long[] areas(int queue) {
        int[] registers = queueRegisters[queue];
        return new long[] {address(registers, 2), address(registers, 4), address(registers, 6)};
    }

    private static long address(int[] registers, int word) {
        return Integer.toUnsignedLong(registers[word]) | (long) registers[word + 1] << Integer.SIZE;
    }

    /** The size of an enabled queue. */
    final synchronized int queueSize(int queue) {
        return queue == selected ? get(VirtioRegs.QUEUE_SIZE) & 0xffff
                : queueRegisters[queue][0] & 0xffff;
    }
}
