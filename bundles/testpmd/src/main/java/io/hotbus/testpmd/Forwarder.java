// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.app.Stall;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Forwards packets between ports on lcores of its own. A service; any control thread.
 *
 * <p>Ports are paired by their ids, 0 with 1, 2 with 3; one without a partner forwards to itself.
 * Where the partner was lost while forwarding runs, the port waits for it instead. Ports come and
 * go at any time: only streams that receive from or send to such a port are stopped or begun, the
 * others go on.
 */
@ProviderType
public interface Forwarder {
    /**
     * Starts forwarding, by the engine set. Packets received before are dropped.
     *
     * @param txFirst bursts to put on the transmit queue of each stream before it is begun, also of
     *     those that begin later, when a port comes; 0: none
     * @throws DeviceException it runs already, or no lcore can be started
     */
    void start(int txFirst) throws DeviceException;

    /**
     * Stops forwarding. Packets stay in the queues where they are; ports stay started. Idempotent.
     *
     * @throws DeviceException an lcore did not reach the end of its burst in time
     */
    void stop() throws DeviceException;

    /**
     * Checks that forwarding can be started as the command line asks: the CPUs are available, the
     * forwarding engine is there.
     *
     * @throws DeviceException naming the option, and what there is
     */
    void requireStartable() throws DeviceException;

    /** Whether it has been started and not stopped. */
    boolean running();

    /** The forwarding engine set. */
    String engine();

    /** Takes effect with the next {@link #start}. @throws IllegalArgumentException unknown */
    void setEngine(String name);

    /** The engines there are, by name. */
    List<String> engines();

    /** How ports are to be configured to be forwarded on. @throws DeviceException no memory */
    PortConfig portConfig() throws DeviceException;

    /**
     * Forwards on a started port from now on, or from the next start. Idempotent.
     *
     * @throws DeviceException a stream that has to end did not in time
     */
    void addPort(Port port) throws DeviceException;

    /**
     * Forwards on it no longer: when this returns no lcore uses its queues. Idempotent.
     *
     * @throws DeviceException an lcore did not leave its queues in time; may be tried again
     */
    void removePort(Port port) throws DeviceException;

    /** The ports that are forwarded on, by id. */
    List<Port> ports();

    /** The counters of every stream since the last start, including ended streams. */
    List<StreamStats> statistics();

    /** When the first packet since the last start was forwarded. */
    OptionalLong firstPacketNanos();

    /**
     * Takes packets off the receive queues of ports while forwarding is stopped, and frees them,
     * until {@code wanted} came or the deadline has passed.
     *
     * @throws IllegalStateException forwarding runs
     */
    Drained drain(Collection<Port> ports, long wanted, Duration deadline);

    /**
     * What {@link #drain} found.
     *
     * @param packets  all of them
     * @param distinct those of {@code tx_first}, each counted once however often it came
     */
    record Drained(long packets, long distinct) {
    }

    /** Buffers in the mempool of all ports, free or not. */
    int mbufs();

    /** Buffers that are not free: in queues, caches, on their way. 0 once every port is closed. */
    int mbufsInUse();

    /**
     * Whether lcores take down bursts that take longer than 5 us; costs a clock reading for each.
     * Source of the idea: DPDK testpmd {@code set record-core-cycles}.
     */
    void setRecordStalls(boolean on);

    /** Whether bursts that take long are taken down. */
    boolean recordStalls();

    /** The stall in which {@code timeNanos} fell on the lcore with that kernel thread id. */
    Optional<Stall> stallAt(int thread, long timeNanos);

    /** The lcores, for words: {@code lcore-1 (CPU 1), 2 streams}. Empty before the first start. */
    List<String> lcores();
}
