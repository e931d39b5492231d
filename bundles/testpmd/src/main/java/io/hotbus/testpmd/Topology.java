// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

/** Which port forwards to which ({@code --port-topology}). Source: DPDK testpmd. */
public enum Topology {
    /** Two and two: 0 with 1, 2 with 3. A port without a partner forwards to itself. */
    PAIRED,
    /** Each port to the next one, and the last one to the first. */
    CHAINED,
    /** Each port to itself. */
    LOOP
}
