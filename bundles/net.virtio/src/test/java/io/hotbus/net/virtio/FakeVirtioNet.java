// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.LinuxException;
import io.hotbus.testkit.NicModel;
import io.hotbus.testkit.TestDma;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The model of a virtio network device with a loopback plug in its socket: what is sent by queue
 * 2n + 1 is received by queue 2n. Packets wait while there is no receive buffer.
 *
 * <p>Registers that hold other values as soon as a register is written are set by {@link #settle},
 * which the driver calls.
 */
class FakeVirtioNet extends NicModel {
    static final byte[] MAC = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    static final long LENGTH = 0x4000;
    static final long ISR = 0x1000;
    static final long NET = 0x2000;
    static final long NOTIFY = 0x3000;
    static final int MULTIPLIER = 4;
    static final int MAX_SIZE = 1024;
    private static final int QUIET = -1;
    private static final int QUEUE_WORDS = 8;

    /** What the device does wrong with the next packet. */
    enum Lie {
        NONE, FOREIGN_ID, FREE_ID, TOO_LONG, NO_HEADER, NO_PARTS, TOO_MANY_PARTS, SENT_TWICE
    }

    volatile long offered = VirtioFeature.VERSION_1 | VirtioFeature.MAC | VirtioFeature.STATUS
            | VirtioFeature.MRG_RXBUF;
    volatile int queues = 3;
    volatile int maxSize = MAX_SIZE;
    volatile boolean cable = true;
    volatile boolean busMaster;
    volatile boolean stuckReset;
    volatile boolean refusesFeatures;
    /** It takes nothing out of the transmit queues. */
    volatile boolean holdTransmit;
    /** It returns buffers in another order than they were offered. */
    volatile boolean shuffles;
    volatile int notifyOff;
    volatile int mtu = 1500;
    volatile byte firstMacByte = MAC[0];
    volatile Lie lie = Lie.NONE;
    /** The status that makes it vanish, and how. */
    volatile int vanishAtStatus = -1;
    volatile Vanished vanishAs = Vanished.ALL_ONES;
    /** Raises the interrupt. */
    volatile Runnable interrupt = () -> { };
    volatile int resets;
    volatile int doorbells;
    /** Packets that were sent, and received. */
    volatile int sent;
    volatile long accepted;
    /** The commands that came by the control queue, as class, command and data in decimal. */
    final Queue<String> commands = new ConcurrentLinkedQueue<>();
    /** The answer to commands; null: none. */
    volatile Byte answer = 0;
    volatile boolean announce;
    /** The flags in the headers of received packets. */
    volatile byte receivedFlags;
    /** The packet that was sent last, without its header. */
    volatile byte[] lastPacket = {};
    /** The header of the packet that was sent last. */
    volatile byte[] lastHeader = {};

    private final int[][] queueRegisters = new int[64][QUEUE_WORDS];
    private final int[] driverFeatures = new int[2];
    private int driverHalf;
    private int selected;
    private FakeQueue[] live = {};
    private boolean[] awake = {};
    /** Receive buffers that were taken and not used yet, by queue. */
    private final Map<FakeQueue, Deque<FakeQueue.Chain>> stashes = new HashMap<>();
    private boolean linkWas = true;

    FakeVirtioNet(TestDma memory) throws LinuxException {
        super("fake-virtio", memory, LENGTH);
        start();
    }

    // ---- registers ----

    @Override
    protected void reset() {
        for (long register = 0; register < VirtioRegs.COMMON_LENGTH; register += Integer.BYTES) {
            set(register, 0);
        }
        for (int i = 0; i < queueRegisters.length; i++) {
            Arrays.fill(queueRegisters[i], 0);
            queueRegisters[i][0] = i < queues ? maxSize | 0xffff0000 : 0xffff0000;
            queueRegisters[i][1] = (i + notifyOff) << Short.SIZE;
        }
        live = new FakeQueue[0];
        stashes.clear();
        Arrays.fill(driverFeatures, 0);
        accepted = 0;
        driverHalf = 0;
        selected = 0;
        loadQueue();
        set(VirtioRegs.CONFIG_MSIX_VECTOR, queues << Short.SIZE | 0xffff);
        for (int i = 0; i < 64; i++) {
            set(NOTIFY + (long) i * MULTIPLIER, QUIET);
        }
        refreshConfig();
    }

    private void refreshConfig() {
        set(NET, firstMacByte & 0xff | (MAC[1] & 0xff) << 8 | (MAC[2] & 0xff) << 16
                | (MAC[3] & 0xff) << 24);
        set(NET + 4, MAC[4] & 0xff | (MAC[5] & 0xff) << 8 | (cable ? 1 : 0) << 16
                | (announce ? 2 : 0) << 16);
        set(NET + 8, (queues - 1) / 2 | mtu << 16);
        set(NET + 12, 25_000);
        set(NET + 16, 1);
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
            }
        }
        if ((status() & VirtioRegs.DRIVER_OK) != 0 && live.length == 0) {
            goLive();
        }
    }

    final void writeStatus(int status) {
        set(VirtioRegs.DEVICE_STATUS, get(VirtioRegs.DEVICE_STATUS) & ~0xff | status);
    }

    private void goLive() {
        live = new FakeQueue[queues];
        awake = new boolean[queues];
        for (int i = 0; i < queues; i++) {
            int[] registers = queueRegisters[i];
            if ((registers[1] & 0xffff) == 1) {
                live[i] = queue(registers[0] & 0xffff, new long[] {
                        address(registers, 2), address(registers, 4), address(registers, 6)});
                live[i].wantNotification(true);
            }
        }
    }

    private FakeQueue queue(int size, long[] areas) {
        boolean events = VirtioFeature.has(accepted, VirtioFeature.EVENT_IDX);
        return VirtioFeature.has(accepted, VirtioFeature.RING_PACKED)
                ? new FakePackedQueue(this::translate, size, events, areas)
                : new FakeSplitQueue(this::translate, size, events, areas);
    }

    private static long address(int[] registers, int word) {
        return Integer.toUnsignedLong(registers[word]) | (long) registers[word + 1] << Integer.SIZE;
    }

    /** The size of an enabled queue. */
    final synchronized int queueSize(int queue) {
        return queue == selected ? get(VirtioRegs.QUEUE_SIZE) & 0xffff
                : queueRegisters[queue][0] & 0xffff;
    }

    // ---- data path ----

    @Override
    protected boolean step() {
        refreshConfig();
        if (linkWas != cable) {
            linkWas = cable;
            raiseConfigInterrupt();
        }
        if (live.length == 0 || !busMaster) {
            return false;
        }
        boolean worked = false;
        for (int i = 0; i < live.length; i++) {
            long doorbell = NOTIFY + (long) (i + notifyOff) * MULTIPLIER;
            if (get(doorbell) != QUIET) {
                doorbells++;
                set(doorbell, QUIET);
                awake[i] = true;
            }
            if (i == controlQueue()) {
                worked |= awake[i] && obey(live[i]);
            } else if (live[i] != null && awake[i] && (i & 1) == 1) {
                worked |= transmit(i);
            }
        }
        return worked;
    }

    private int controlQueue() {
        return VirtioFeature.has(accepted, VirtioFeature.CTRL_VQ)
                ? VirtioFeature.has(accepted, VirtioFeature.MQ) ? queues - 1 : 2 : -1;
    }

    /** Executes a command. */
    private boolean obey(FakeQueue queue) {
        FakeQueue.Chain chain = answer == null ? null : queue.pop();
        if (chain == null) {
            return false;
        }
        FakeQueue.Piece piece = chain.pieces().get(0);
        byte[] bytes = new byte[piece.length()];
        RawMemory.copy(translate("command", piece.iova(), bytes.length), bytes, 0, bytes.length);
        if (bytes[0] == VirtioRegs.CTRL_ANNOUNCE) {
            announce = false;
        }
        StringJoiner words = new StringJoiner(" ");
        for (byte octet : bytes) {
            words.add(Integer.toString(octet & 0xff));
        }
        commands.add(words.toString());
        FakeQueue.Piece ack = chain.pieces().get(1);
        if (!ack.write()) {
            violations().add("the answer to a command cannot be written");
        }
        RawMemory.putByte(translate("answer", ack.iova(), 1), answer);
        queue.push(chain, chain.id(), 1);
        queue.flush();
        return true;
    }

    final void raiseConfigInterrupt() {
        if ((get(VirtioRegs.CONFIG_MSIX_VECTOR) & 0xffff) == 0) {
            set(ISR, VirtioRegs.ISR_CONFIG);
            interrupt.run();
        }
    }

    private boolean transmit(int index) {
        FakeQueue[] of = live;
        FakeQueue queue = live[index];
        queue.wantNotification(false);
        if (holdTransmit) {
            return false;
        }
        List<FakeQueue.Chain> chains = new ArrayList<>();
        for (int i = 0; i < (shuffles || inOrder() ? 4 : 1); i++) {
            FakeQueue.Chain chain = queue.pop();
            if (chain != null) {
                chains.add(chain);
            }
        }
        if (chains.isEmpty()) {
            queue.wantNotification(true);
            FakeQueue.Chain late = queue.pop();
            if (late == null) {
                awake[index] = false;
                return false;
            }
            chains.add(late);
        }
        for (FakeQueue.Chain chain : chains) {
            deliver(of[index - 1], gather(chain));
            if (live != of || isGone()) {
                return false;
            }
        }
        if (inOrder()) {
            pushBatch(queue, chains, 0);
            queue.flush();
            return true;
        }
        if (shuffles) {
            Collections.reverse(chains);
        }
        for (FakeQueue.Chain chain : chains) {
            sent++;
            queue.push(chain, chain.id(), 0);
            if (lie == Lie.SENT_TWICE) {
                queue.push(chain, chain.id(), 0);
            }
        }
        queue.flush();
        return true;
    }

    private boolean inOrder() {
        return VirtioFeature.has(accepted, VirtioFeature.IN_ORDER);
    }

    /** Returns the last chain alone; the others are taken for returned. */
    private void pushBatch(FakeQueue queue, List<FakeQueue.Chain> chains, int written) {
        FakeQueue.Chain last = chains.get(chains.size() - 1);
        queue.push(last, last.id(), written);
        sent += written == 0 ? chains.size() : 0;
        chains.subList(0, chains.size() - 1).forEach(queue::skip);
    }

    /** The bytes of a packet after its header. */
    private byte[] gather(FakeQueue.Chain chain) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (FakeQueue.Piece piece : chain.pieces()) {
            byte[] bytes = new byte[piece.length()];
            long from = translate("packet to send", piece.iova(), piece.length());
            if (from != TestDma.FAULT) {
                RawMemory.copy(from, bytes, 0, bytes.length);
            }
            if (piece.write()) {
                violations().add("a packet to send is in a writable buffer");
            }
            all.writeBytes(bytes);
        }
        byte[] bytes = all.toByteArray();
        lastHeader = Arrays.copyOf(bytes, VirtioHeader.BYTES);
        lastPacket = Arrays.copyOfRange(bytes, VirtioHeader.BYTES, bytes.length);
        return lastPacket;
    }

    /** What the header of a received packet holds before its number of buffers. */
    byte[] receivedHeader() {
        byte[] header = new byte[VirtioHeader.BYTES];
        header[VirtioHeader.FLAGS] = receivedFlags;
        return header;
    }

    /** Waits for receive buffers with the monitor released. */
    private void deliver(FakeQueue queue, byte[] packet) {
        byte[] bytes = new byte[VirtioHeader.BYTES + packet.length];
        System.arraycopy(receivedHeader(), 0, bytes, 0, VirtioHeader.BYTES);
        System.arraycopy(packet, 0, bytes, VirtioHeader.BYTES, packet.length);
        List<FakeQueue.Chain> parts = new ArrayList<>();
        for (int room = 0; room < bytes.length; ) {
            FakeQueue.Chain buffer = buffer(queue);
            if (buffer == null) {
                queue.wantNotification(true);
                buffer = awaitBuffer(queue);
                queue.wantNotification(false);
            }
            if (buffer == null) {
                return;
            }
            parts.add(buffer);
            room += buffer.bytes();
        }
        int count = lie == Lie.NO_PARTS ? 0 : lie == Lie.TOO_MANY_PARTS ? 60_000 : parts.size();
        bytes[VirtioHeader.NUM_BUFFERS] = (byte) count;
        bytes[VirtioHeader.NUM_BUFFERS + 1] = (byte) (count >> Byte.SIZE);
        int done = 0;
        for (FakeQueue.Chain part : parts) {
            int length = Math.min(part.bytes(), bytes.length - done);
            long to = translate("receive buffer", part.pieces().get(0).iova(), length);
            if (to != TestDma.FAULT) {
                RawMemory.copy(bytes, done, to, length);
            }
            done += length;
            if (!inOrder()) {
                push(queue, part, length);
            } else if (done == bytes.length) {
                pushBatch(queue, parts, length);
            }
        }
        queue.flush();
    }

    private void push(FakeQueue queue, FakeQueue.Chain part, int length) {
        switch (lie) {
            case FOREIGN_ID -> queue.push(part, 5000, length);
            case FREE_ID -> {
                queue.push(part, part.id(), length);
                queue.push(part, part.id(), length);
            }
            case TOO_LONG -> queue.push(part, part.id(), part.bytes() + 1);
            case NO_HEADER -> queue.push(part, part.id(), VirtioHeader.BYTES - 1);
            default -> queue.push(part, part.id(), length);
        }
    }

    private FakeQueue.Chain buffer(FakeQueue queue) {
        Deque<FakeQueue.Chain> stash = stashes.computeIfAbsent(queue, any -> new ArrayDeque<>());
        while (stash.size() < (shuffles && !inOrder() ? 4 : 1)) {
            FakeQueue.Chain next = queue.pop();
            if (next == null) {
                break;
            }
            stash.addLast(next);
        }
        return shuffles && !inOrder() ? stash.pollLast() : stash.pollFirst();
    }

    private FakeQueue.Chain awaitBuffer(FakeQueue queue) {
        FakeQueue[] of = live;
        FakeQueue.Chain found = null;
        while (found == null && live == of && !isGone()) {
            found = buffer(queue);
            try {
                wait(1);
            } catch (InterruptedException e) {
                return null;
            }
        }
        return found;
    }
}
