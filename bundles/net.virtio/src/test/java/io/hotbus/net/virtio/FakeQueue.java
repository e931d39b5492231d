// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio;

import java.util.List;

/** The device's side of a virtqueue. Called with the monitor of the model held. */
interface FakeQueue {
    /** A buffer of the driver. */
    record Piece(long iova, int length, boolean write) {
    }

    /** A chain that the driver has offered. */
    record Chain(int id, List<Piece> pieces) {
        int bytes() {
            return pieces.stream().mapToInt(Piece::length).sum();
        }
    }

    /** Translates an address of the driver's; TestDma.FAULT if it is wrong. */
    interface Memory {
        long at(String what, long iova, int length);
    }

    /** Takes the next chain; null if there is none. */
    Chain pop();

    /** Returns a chain with so many bytes written. The driver sees it after {@link #flush}. */
    void push(Chain chain, int id, int written);

    /** Passes over a chain that the driver takes for returned, after the last one of its batch. */
    void skip(Chain chain);

    /** Shows the driver what was returned. */
    void flush();

    /** Tells the driver whether to ring the doorbell for new chains. */
    void wantNotification(boolean wanted);
}
