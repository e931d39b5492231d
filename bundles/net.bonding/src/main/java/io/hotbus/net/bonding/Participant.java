// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import io.hotbus.ethdev.MacAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * One side of a link, as LACP describes it. Source: IEEE 802.1AX, 6.4.2.3.
 *
 * @param systemPriority 0 to 65535
 * @param system         the system's address
 * @param key            ports with the same key can be aggregated; 0 to 65535
 * @param portPriority   0 to 65535
 * @param port           the number of the port in its system, 0 to 65535
 * @param state          flags
 */
record Participant(int systemPriority, MacAddress system, int key, int portPriority, int port,
        int state) {
    static final int ACTIVITY = 1;
    /** The short timeout: the other side shall send each second. */
    static final int TIMEOUT = 1 << 1;
    static final int AGGREGATION = 1 << 2;
    static final int SYNCHRONIZATION = 1 << 3;
    static final int COLLECTING = 1 << 4;
    static final int DISTRIBUTING = 1 << 5;
    static final int DEFAULTED = 1 << 6;
    static final int EXPIRED = 1 << 7;
    private static final String[] NAMES = {"ACTIVE", "TIMEOUT", "AGGREGATION", "SYNCHRONIZATION",
        "COLLECTING", "DISTRIBUTING", "DEFAULTED", "EXPIRED"};

    /** What is assumed of a partner that is not known. */
    static final Participant UNKNOWN = new Participant(0, new MacAddress(0), 0, 0, 0, 0);

    boolean is(int flag) {
        return (state & flag) != 0;
    }

    Participant with(int flag, boolean on) {
        return withState(on ? state | flag : state & ~flag);
    }

    Participant withState(int next) {
        return new Participant(systemPriority, system, key, portPriority, port, next);
    }

    Participant withKey(int next) {
        return new Participant(systemPriority, system, next, portPriority, port, state);
    }

    /** Whether it is the same port of the same system, with the same key and aggregation flag. */
    boolean isSame(Participant other) {
        return withState(state & AGGREGATION).equals(other.withState(other.state & AGGREGATION));
    }

    /** The flags that are set, in words. */
    List<String> flags() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < NAMES.length; i++) {
            if (is(1 << i)) {
                names.add(NAMES[i]);
            }
        }
        return names;
    }
}
