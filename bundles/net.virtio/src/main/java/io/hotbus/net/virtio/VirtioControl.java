// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.RawMemory;
import io.hotbus.pmd.DmaRing;
import io.hotbus.pmd.virtio.VirtioDoorbell;
import io.hotbus.pmd.virtio.VirtioGround;
import io.hotbus.pmd.virtio.VirtioRing;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * The control queue: commands to the device, one at a time. Control threads; {@link #acknowledge}
 * is for the thread {@code interrupt}. Source: 5.1.6.5.
 */
final class VirtioControl implements AutoCloseable {
    private static final long POLL_NANOS = 20_000;
    private static final int MOST_DESCRIPTORS = 64;
    /** Class and command. */
    private static final int HEAD = 2;
    /** Where a command, its answer, and the announcement with its answer lie in the memory. */
    private static final int COMMAND = 0;
    private static final int ANSWER = 4000;
    private static final int ANNOUNCE = 4008;
    private static final int ANNOUNCE_ANSWER = 4016;
    private static final int MEMORY = 4096;
    /** The most bytes of a command's data. */
    static final int MOST_DATA = ANSWER - HEAD;
    private static final byte NO_ANSWER = -1;
    private static final byte OK = 0;

    private final VirtioTransport transport;
    private final int index;
    private final VirtioRing ring;
    private final DmaRing memory;
    private final Duration limit;
    /** Null while the device is not started, or after a command without an answer. */
    private VirtioDoorbell doorbell;
    private int place;
    private boolean announcing;

    private VirtioControl(VirtioTransport transport, int index, VirtioRing ring, DmaRing memory,
            Duration limit) {
        this.transport = transport;
        this.index = index;
        this.ring = ring;
        this.memory = memory;
        this.limit = limit;
    }

    /**
     * Allocates the queue.
     *
     * @param index the number of the queue
     * @param size  the most descriptors that the device has for it
     * @param limit how long a command may take
     * @throws DeviceException there is no memory, or the device cannot reach it
     */
    static VirtioControl allocate(VirtioTransport transport, VirtioGround ground, int index,
            int size, Duration limit) throws DeviceException {
        String label = transport.device() + " control queue";
        if (size < 2) {
            throw new DeviceException(label + ": has " + size + " descriptors, and 2 are needed");
        }
        VirtioRing ring = VirtioRing.allocate(ground, label,
                Integer.highestOneBit(Math.min(size, MOST_DESCRIPTORS)));
        try {
            return new VirtioControl(transport, index, ring,
                    ground.allocate(label, 1, MEMORY), limit);
        } catch (DeviceException | RuntimeException e) {
            ring.close();
            throw e;
        }
    }

    /** Gives the empty queue to the device, before it is driven. */
    synchronized VirtioDoorbell enable() throws DeviceException {
        ring.clear();
        place = 0;
        announcing = false;
        return transport.enable(index, ring);
    }

    /** The device works from now on. */
    synchronized void handOver(VirtioDoorbell bell) {
        doorbell = bell;
    }

    /** The device works no more. Idempotent. */
    synchronized void stop() {
        doorbell = null;
    }

    /**
     * Executes a command.
     *
     * @param what names the command, for messages
     * @param data at most {@link #MOST_DATA} bytes
     * @throws DeviceException the device is gone, refuses the command, or does not answer in time
     */
    synchronized void execute(String what, int type, int command, byte... data)
            throws DeviceException {
        if (doorbell == null) {
            throw new DeviceException(transport.device() + ": " + what + ": its control queue does "
                    + "not work");
        }
        long at = memory.address();
        RawMemory.putByte(at + COMMAND, (byte) type);
        RawMemory.putByte(at + COMMAND + 1, (byte) command);
        RawMemory.copy(data, 0, at + COMMAND + HEAD, data.length);
        RawMemory.putByte(at + ANSWER, NO_ANSWER);
        submit(COMMAND, HEAD + data.length, ANSWER);
        await(what);
        byte answer = RawMemory.getByteVolatile(at + ANSWER);
        if (answer != OK) {
            throw new DeviceException("%s: %s: the device has refused that (%s)"
                    .formatted(transport.device(), what, answer));
        }
    }

    private void submit(int from, int length, int answer) {
        ring.describe(place, 0, place, memory.iova() + from, length, VirtioRing.NEXT);
        ring.describe(place, 1, place, memory.iova() + answer, 1, VirtioRing.WRITE);
        ring.offer(place, 2, place);
        place = (place + 2) & ring.mask;
        ring.publish(doorbell);
    }

    /** Waits until the device has returned the command, and an announcement before it. */
    private void await(String what) throws DeviceException {
        long start = System.nanoTime();
        for (int left = announcing ? 2 : 1; left > 0; ) {
            boolean late = System.nanoTime() - start > limit.toNanos();
            if (ring.next() != VirtioRing.NONE) {
                ring.take(2);
                left--;
                continue;
            }
            if (late || !transport.presence().answers()) {
                doorbell = null;
                transport.requireAnswer();
                throw new DeviceException("%s: %s: no answer within %s ms".formatted(
                        transport.device(), what, limit.toMillis()));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        announcing = false;
    }

    /** Tells the device that its announcement was seen, 5.1.6.5.4. Does not wait. */
    synchronized void acknowledge() {
        if (doorbell == null || announcing && ring.next() == VirtioRing.NONE) {
            return;
        }
        if (announcing) {
            ring.take(2);
        }
        announcing = true;
        RawMemory.putByte(memory.address() + ANNOUNCE, (byte) VirtioRegs.CTRL_ANNOUNCE);
        RawMemory.putByte(memory.address() + ANNOUNCE + 1, (byte) VirtioRegs.ANNOUNCE_ACK);
        submit(ANNOUNCE, HEAD, ANNOUNCE_ANSWER);
    }

    /** Frees the memory. The device cannot reach it by then. Idempotent. */
    @Override
    public synchronized void close() {
        doorbell = null;
        ring.close();
        memory.close();
    }
}
