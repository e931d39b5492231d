// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.failsafe;

import io.hotbus.eal.mem.MempoolCaches;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.RxQueue;

/**
 * Receives from all sub-devices in turn: from one that has just come back, and from one that others
 * still send to.
 */
final class FailsafeRxQueue implements RxQueue {
    /**
     * What is received from.
     *
     * @param ports  started ports
     * @param queues their queues, as their drivers made them
     * @param only   the queue if there is just one, else null
     */
    private record Sources(Port[] ports, RxQueue[] queues, RxQueue only) {
        static Sources of(Port[] ports, int index) {
            RxQueue[] queues = new RxQueue[ports.length];
            for (int i = 0; i < ports.length; i++) {
                queues[i] = ports[i].rxQueue(index);
            }
            return new Sources(ports, queues, queues.length == 1 ? queues[0] : null);
        }
    }

    private final int index;
    private final Gate gate;
    private volatile Sources sources = Sources.of(new Port[0], 0);
    /** Which source is asked first. */
    private int turn;
    /** Who is to be woken when the sources change; null if nobody sleeps. */
    private volatile Runnable sleeper;

    FailsafeRxQueue(int index, Gate gate) {
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

    /** Wakes at a packet of any sub-device, and when the sub-devices change. */
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
    void receiveFrom(Port[] ports) {
        sources = Sources.of(ports, index);
        Runnable wake = sleeper;
        if (wake != null) {
            wake.run();
        }
    }

    /** See {@link Gate#await}. */
    boolean awaitBurst() {
        return gate.await();
    }
}
