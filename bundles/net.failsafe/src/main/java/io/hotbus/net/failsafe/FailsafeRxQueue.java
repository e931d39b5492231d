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
    private final int index;
    private final Gate gate;
    private volatile Port[] sources = {};
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
        Port[] ports = sources;
        int received = 0;
        int at = turn < ports.length ? turn : 0;
        for (int left = ports.length; left > 0 && received == 0; left--) {
            received = ports[at].rxQueue(index).burst(caches, mbufs, count);
            at = at + 1 == ports.length ? 0 : at + 1;
        }
        turn = at;
        gate.leave();
        return received;
    }

    /** Wakes at a packet of any sub-device, and when the sub-devices change. */
    @Override
    public boolean wakeOnPacket(Runnable wake) {
        sleeper = wake;
        Port[] ports = sources;
        for (Port port : ports) {
            if (!port.wakeOnPacket(index, wake)) {
                return false;
            }
        }
        if (sources != ports) {
            wake.run(); // the change may not have seen the sleeper
        }
        return true;
    }

    /** Receives from these ports from the next burst on. A control thread. */
    void receiveFrom(Port[] ports) {
        sources = ports;
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
