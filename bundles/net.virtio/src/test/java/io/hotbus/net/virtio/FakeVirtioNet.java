// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import io.hotbus.eal.io.RawMemory;
import io.hotbus.os.LinuxException;
import io.hotbus.pmd.virtio.VirtioFeature;
import io.hotbus.pmd.virtio.VirtioHeader;
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
 */
final class FakeVirtioNet extends FakeVirtioRegisters {

    /** What the device does wrong with the next packet. */
    enum Lie {
        NONE, FOREIGN_ID, FREE_ID, TOO_LONG, NO_HEADER, NO_PARTS, TOO_MANY_PARTS, SENT_TWICE
    }

    /** It returns buffers in another order than they were offered. */
    volatile boolean shuffles;
    volatile Lie lie = Lie.NONE;
    volatile int doorbells;
    /** Packets that were sent, and received. */
    volatile int sent;
    /** The commands that came by the control queue, as class, command and data in decimal. */
    final Queue<String> commands = new ConcurrentLinkedQueue<>();
    /** The answer to commands; null: none. */
    volatile Byte answer = 0;
    /** The flags in the headers of received packets. */
    volatile byte receivedFlags;
    /** The packet that was sent last, without its header. */
    volatile byte[] lastPacket = {};
    /** The header of the packet that was sent last. */
    volatile byte[] lastHeader = {};

    private FakeQueue[] live = {};
    private boolean[] awake = {};
    /** Receive buffers that were taken and not used yet, by queue. */
    private final Map<FakeQueue, Deque<FakeQueue.Chain>> stashes = new HashMap<>();
    private boolean linkWas = true;
    private final FakeVirtioRss rss = new FakeVirtioRss();

    FakeVirtioNet(TestDma memory) throws LinuxException {
        super(memory);
        start();
    }

    @Override
    protected void forgetQueues() {
        live = new FakeQueue[0];
        rss.reset();
        stashes.clear();
    }

    @Override
    protected boolean isLive() {
        return live.length != 0;
    }

    @Override
    protected void goLive() {
        live = new FakeQueue[queues];
        awake = new boolean[queues];
        for (int i = 0; i < queues; i++) {
            if (isEnabled(i)) {
                live[i] = queue(queueSize(i), areas(i));
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
        if (bytes[0] == VirtioRegs.CTRL_MQ && bytes[1] == VirtioRegs.MQ_RSS_CONFIG) {
            String wrong = rss.obey(bytes);
            if (wrong != null) {
                violations().add(wrong);
            }
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
            byte[] packet = gather(chain);
            deliver(of[rss.queue(packet, index - 1)], packet);
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
