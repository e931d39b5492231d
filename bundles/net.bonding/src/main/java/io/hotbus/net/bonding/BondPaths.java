// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.eal.ring.SpscRing;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.pmd.members.Barrier;
import io.hotbus.pmd.members.MembersRxQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which members the queues of a bond receive from and send through. Control threads; some may hold
 * the locks of a bus, so nothing here calls a bus or waits for one.
 */
final class BondPaths {
    private static final Logger LOG = LoggerFactory.getLogger(BondPaths.class);
    private static final int BATCH = 16;

    private final String name;
    private final Barrier barrier;
    private final MempoolCaches caches;
    private final QueueCounters dropped;
    /** Ports that must not be used again. */
    private final Set<Port> left = Collections.newSetFromMap(new WeakHashMap<>());
    /** Ports that may have packets that they have not sent, in the order of their first use. */
    private final Set<Port> used = new LinkedHashSet<>();
    /** Those that were used in another mode than broadcast: what they have, no other has. */
    private final Set<Port> alone = Collections.newSetFromMap(new WeakHashMap<>());
    private final List<SpscRing> slowFrames = new ArrayList<>();
    /** By receive queue, in mode 6. */
    private final List<ArpRing> arps = new ArrayList<>();
    /** By receive queue, in mode 4. */
    private final List<IdleRx> idle = new ArrayList<>();
    private List<MembersRxQueue> rx = List.of();
    private List<BondTxQueue> tx = List.of();
    private Plan plan = Plan.NONE;
    /** Whether frames of LACP have been waiting since the last look. */
    private boolean overdue;

    /**
     * Creates the paths, without queues.
     *
     * @param caches  those of no lcore
     * @param dropped counts as errors the received packets that are dropped
     */
    BondPaths(String name, Barrier barrier, MempoolCaches caches, QueueCounters dropped) {
        this.name = name;
        this.barrier = barrier;
        this.caches = caches;
        this.dropped = dropped;
    }

    /** Switches these queues from now on. There are no bursts. */
    synchronized void setQueues(List<MembersRxQueue> receive, List<BondTxQueue> transmit) {
        rx = List.copyOf(receive);
        tx = List.copyOf(transmit);
        takeSlowFrames(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
        slowFrames.clear();
        idle.forEach(queue -> queue.discard(caches));
        idle.clear();
        arps.clear();
        rx.forEach(queue -> {
            slowFrames.add(new SpscRing(SlowRxQueue.FRAMES));
            idle.add(new IdleRx(queue::passes, dropped));
            arps.add(new ArpRing());
        });
    }

    /** The present plan. */
    synchronized Plan plan() {
        return plan;
    }

    /** Uses the members like that from now on. */
    synchronized void use(Plan wanted) {
        Plan next = wanted;
        for (Port port : left) {
            next = next.without(port);
        }
        next.receivers().forEach(receiver -> used.add(receiver.port()));
        used.addAll(next.senders());
        if (next.mode() != BondMode.BROADCAST) {
            alone.addAll(next.senders());
            alone.addAll(next.spares());
        }
        if (!next.equals(plan)) {
            change(next, null, Port::takeBack);
        }
        takeKept();
    }

    /**
     * Never uses {@code port} again. When this returns, no lcore is in a burst on it. If its device
     * is gone, what it has not sent is on its way through another one; otherwise {@link #takeBack}
     * follows.
     */
    synchronized void leave(Port port) {
        left.add(port);
        pause(port);
    }

    /** Does not use {@code port} until it is in a plan of {@link #use} again. */
    synchronized void pause(Port port) {
        boolean gone = port.isRemoved();
        // It may hold packets although it is not sent through any more.
        if (used.contains(port)) {
            change(plan.without(port), gone ? port : null, Port::takeBack);
        }
        if (gone) {
            used.remove(port);
        }
    }

    /** Sends through other members what {@code port}, which is stopped or gone, has not sent. */
    synchronized void takeBack(Port port) {
        if (used.remove(port)) {
            change(plan.without(port), port, Port::takeBack);
        }
    }

    /** The ports that may have packets of the bond that they have not sent. */
    synchronized List<Port> used() {
        return List.copyOf(used);
    }

    /** Whether all packets that {@code port} has are those of broadcasts. */
    synchronized boolean hasBroadcasts(Port port) {
        return !alone.contains(port);
    }

    /** Sends through others what members keep that have no device: when it is back, it is late. */
    synchronized void takeKept() {
        for (Port port : used()) {
            if (!plan.senders().contains(port) && isKeeping(port)) {
                change(plan, port, (from, index, own, mbufs, count) ->
                        from.txQueue(index).takeKept(own, mbufs, count));
            }
        }
    }

    private boolean isKeeping(Port port) {
        return IntStream.range(0, tx.size()).anyMatch(i -> port.txQueue(i).isKeeping());
    }

    private void change(Plan next, Port leaving, BondTxQueue.Taker taker) {
        plan = next;
        for (int i = 0; i < rx.size(); i++) {
            receive(rx.get(i), i);
        }
        tx.forEach(BondTxQueue::hold);
        barrier.pass();
        boolean waited = true;
        for (MembersRxQueue queue : rx) {
            waited &= queue.awaitBurst();
        }
        for (BondTxQueue queue : tx) {
            waited &= resume(queue, leaving, taker);
        }
        if (!waited) {
            LOG.error("{}: a burst does not end, so a member is used no longer than that", name);
        }
    }

    private void receive(MembersRxQueue queue, int index) {
        Map<Port, RxQueue> queues = new LinkedHashMap<>();
        for (Plan.Receiver from : plan.receivers()) {
            queues.put(from.port(), queue(from, index));
        }
        RxQueue[] more = plan.mode() == BondMode.LACP ? new RxQueue[] {idle.get(index)}
                : new RxQueue[0];
        queue.receiveFrom(queues.keySet().toArray(Port[]::new), queues::get, more);
    }

    private RxQueue queue(Plan.Receiver from, int index) {
        RxQueue driver = from.port().rxQueue(index);
        return switch (plan.mode()) {
            case LACP -> new SlowRxQueue(driver, from.member(), from.collecting(),
                    slowFrames.get(index), dropped);
            case ALB -> new AlbRxQueue(driver, plan.balance().address().value(),
                    plan.balance().addressOf(from.port()), arps.get(index), dropped);
            default -> driver;
        };
    }

    /** In mode 4: receives by itself from queues that no lcore polls, so that LACP goes on. */
    synchronized void pollIdle() {
        for (int i = 0; i < rx.size() && plan.mode() == BondMode.LACP; i++) {
            if (idle.get(i).isIdle()) {
                poll(rx.get(i), i);
            }
        }
    }

    private void poll(MembersRxQueue queue, int index) {
        queue.receiveFrom(new Port[0]);
        barrier.pass();
        if (queue.awaitBurst()) {
            for (Plan.Receiver from : plan.receivers()) {
                idle.get(index).poll(queue(from, index), caches);
            }
        }
        receive(queue, index); // wakes an lcore that sleeps
    }

    /** Lets a queue that is held go on. Returns whether the present burst ended in time. */
    private boolean resume(BondTxQueue queue, Port leaving, BondTxQueue.Taker taker) {
        boolean waited = queue.awaitBurst();
        if (waited) {
            queue.resume(plan, leaving, taker, caches);
        } else {
            queue.resumeInBurst(plan);
        }
        return waited;
    }

    /** Passes on the frames of LACP that have come in. */
    synchronized void takeSlowFrames(LongConsumer taker) {
        long[] frames = new long[BATCH];
        for (SpscRing ring : slowFrames) {
            int count;
            while ((count = ring.poll(frames, 0, BATCH)) > 0) {
                for (int i = 0; i < count; i++) {
                    taker.accept(frames[i]);
                }
            }
        }
    }

    /** Passes on what lcores have seen of ARP. */
    synchronized void takeArps(ArpRing.Taker taker) {
        arps.forEach(ring -> ring.takeAll(taker));
        tx.forEach(queue -> queue.arps().takeAll(taker));
    }

    /** Has a frame of the bond itself sent, see {@link BondTxQueue#offerSlowFrame}. */
    synchronized boolean sendSlowFrame(long mbuf) {
        return !tx.isEmpty() && tx.get(0).offerSlowFrame(mbuf);
    }

    /** Sends what still waits since the last call, in case that no lcore does. */
    synchronized void sendWaiting() {
        boolean waits = tx.stream().anyMatch(
                queue -> queue.hasWaiting() || queue.hasSlowFrames());
        if (waits && overdue) {
            tx.forEach(BondTxQueue::hold);
            barrier.pass();
            tx.forEach(queue -> resume(queue, null, Port::takeBack));
        }
        overdue = waits;
    }

    /** Sends what waits. There are no bursts, or they end soon. */
    synchronized void sendNow() {
        overdue = true;
        sendWaiting();
    }

    /** Gives back what waits; returns how many packets to send. There are no bursts. */
    synchronized int discard() {
        takeSlowFrames(mbuf -> caches.free(new long[] {mbuf}, 0, 1));
        idle.forEach(queue -> queue.discard(caches));
        return tx.stream().mapToInt(queue -> queue.discard(caches)).sum();
    }
}
