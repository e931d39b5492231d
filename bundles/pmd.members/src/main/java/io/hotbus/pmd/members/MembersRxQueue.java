// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.members;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Receives from several members in turn: also from one that has just come back, and from one that
 * others still send to.
 */
public final class MembersRxQueue implements RxQueue {
    /**
     * What is received from.
     *
     * @param ports  started ports
     * @param queues further queues, then those of the ports
     * @param only   the queue if there is just one, else null
     */
    private record Sources(Port[] ports, RxQueue[] queues, RxQueue only) {
        static Sources of(Port[] ports, Function<Port, RxQueue> queueOf, RxQueue... more) {
            RxQueue[] queues = Arrays.copyOf(more, more.length + ports.length);
            for (int i = 0; i < ports.length; i++) {
                queues[more.length + i] = queueOf.apply(ports[i]);
            }
            return new Sources(ports, queues, queues.length == 1 ? queues[0] : null);
        }
    }

    private final int index;
    private final Gate gate;
    private volatile Sources sources = Sources.of(new Port[0], null);
    /** Which source is asked first. */
    private int turn;
    /** Who is to be woken when the sources change; null if nobody sleeps. */
    private volatile Runnable sleeper;

    /** @param index the number of the queue, in each member as well */
    public MembersRxQueue(int index, Gate gate) {
        this.index = index;
        this.gate = gate;
    }

    @Override
    public int burst(MempoolCaches caches, long[] mbufs, int count) {
        gate.enter();
        Sources from = sources;
        int received = from.only != null ? from.only.burst(caches, mbufs, count)
                : receiveInTurn(from.queues, caches, mbufs, count);
        gate.leave();
        return received;
    }

    private int receiveInTurn(RxQueue[] queues, MempoolCaches caches, long[] mbufs, int count) {
        int received = 0;
        int at = turn < queues.length ? turn : 0;
        for (int left = queues.length; left > 0 && received == 0; left--) {
            received = queues[at].burst(caches, mbufs, count);
            at = at + 1 == queues.length ? 0 : at + 1;
        }
        turn = at;
        return received;
    }

    /** Wakes at a packet of any member, and when the members change. */
    @Override
    public boolean wakeOnPacket(Runnable wake) {
        sleeper = wake;
        Sources from = sources;
        for (Port port : from.ports) {
            if (!port.wakeOnPacket(index, wake)) {
                return false;
            }
        }
        if (sources != from) {
            wake.run(); // the change may not have seen the sleeper
        }
        return true;
    }

    /** Receives from these ports from the next burst on. A control thread. */
    public void receiveFrom(Port[] ports) {
        receiveFrom(ports, port -> port.rxQueue(index));
    }

    /**
     * Receives from these ports from the next burst on. A control thread.
     *
     * @param queueOf the queue of a port to receive from
     * @param more    further queues to receive from
     */
    public void receiveFrom(Port[] ports, Function<Port, RxQueue> queueOf, RxQueue... more) {
        sources = Sources.of(ports, queueOf, more);
        Runnable wake = sleeper;
        if (wake != null) {
            wake.run();
        }
    }

    /** See {@link Gate#passes}. */
    public long passes() {
        return gate.passes();
    }

    /** See {@link Gate#await}. */
    public boolean awaitBurst() {
        return gate.await();
    }
}
