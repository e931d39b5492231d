// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd;

import io.hotbus.app.LcoreUsages;
import io.hotbus.app.PollTimes;
import io.hotbus.app.Stall;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Forwards packets between ports on its own lcores. A service; any control thread.
 *
 * <p>Ports are paired by their ids, 0 with 1, 2 with 3; a port without a partner forwards to
 * itself. If the partner was lost while forwarding runs, the port waits for it instead. Ports may
 * come and go at any time: only the streams of such a port are started or stopped, and the others
 * continue.
 */
@ProviderType
public interface Forwarder extends LcoreUsages {
    /**
     * Starts forwarding with the selected engine. Packets that wait in the receive queues are
     * forwarded first, unless {@link FwdConfig#flushRx} says that they are dropped.
     *
     * @param txFirst bursts to put on the transmit queue of each stream before it starts, also of
     *     streams that start later; 0: none
     * @throws DeviceException forwarding runs already, or no lcore can be started
     */
    void start(int txFirst) throws DeviceException;

    /**
     * Stops forwarding. Packets stay in the queues where they are; ports stay started. Idempotent.
     *
     * @throws DeviceException an lcore did not reach the end of its burst in time
     */
    void stop() throws DeviceException;

    /**
     * Checks that forwarding can start with the options of the command line: the CPUs are
     * available, and the forwarding engine exists.
     *
     * @throws DeviceException an option is wrong; the message names it and the possible values
     */
    void requireStartable() throws DeviceException;

    /** Whether forwarding is started. */
    boolean running();

    /** The selected forwarding engine. */
    String engine();

    /**
     * Takes effect with the next {@link #start}.
     *
     * @throws IllegalArgumentException unknown
     */
    void setEngine(String name);

    /** All engines, by name. */
    List<String> engines();

    /**
     * How the port is to be configured to be forwarded on, with the mempool of its NUMA node.
     *
     * @throws DeviceException no memory
     */
    PortConfig portConfig(Port port) throws DeviceException;

    /**
     * Adds a started port to forwarding, now or at the next start. Idempotent.
     *
     * @throws DeviceException a stream that must end did not end in time
     */
    void addPort(Port port) throws DeviceException;

    /**
     * Removes a port from forwarding. When this returns, no lcore uses its queues. Idempotent.
     *
     * @throws DeviceException an lcore did not leave its queues in time; may be tried again
     */
    void removePort(Port port) throws DeviceException;

    /**
     * Names the ports that are to come: a partner of one waits for it, as for one that was lost,
     * instead of forwarding to itself. Replaces the names given before.
     *
     * @throws DeviceException a stream that must end did not end in time
     */
    void expect(Set<Integer> ids) throws DeviceException;

    /** The ports that are forwarded on, by id. */
    List<Port> ports();

    /** The counters of every stream since the last start, including ended streams. */
    List<StreamStats> statistics();

    /**
     * The streams that run, or those that a start would make, with their lcores. While forwarding
     * is stopped, all counters are 0.
     *
     * @throws IllegalStateException the CPUs or the engine asked for are not there
     */
    List<StreamStats> planned();

    /** Packets that the device dropped on the receive side since the last start, by port id. */
    Map<Integer, Long> missed();

    /** Counts {@link #statistics} and {@link #missed} from zero from now on. */
    void clearStatistics();

    /**
     * The CPUs that {@code config} forwards on.
     *
     * @throws DeviceException one is not available, or there are too few
     */
    List<Integer> cpus(FwdConfig config) throws DeviceException;

    /** When the first packet since the last start was forwarded. */
    OptionalLong firstPacketNanos();

    /**
     * Takes packets off the receive queues of ports while forwarding is stopped, and frees them,
     * until {@code wanted} packets came or the deadline has passed.
     *
     * @throws IllegalStateException forwarding runs
     */
    Drained drain(Collection<Port> ports, long wanted, Duration deadline);

    /**
     * The result of {@link #drain}.
     *
     * @param packets  the number of packets
     * @param distinct the number of different packets of {@code tx_first}
     */
    record Drained(long packets, long distinct) {
    }

    /** Buffers in the mempool of all ports, free or not. */
    int mbufs();

    /** Buffers that are not free: in queues, in caches or in use. 0 once every port is closed. */
    int mbufsInUse();

    /**
     * Sets whether lcores record bursts that take longer than 5 us. It costs a clock reading for
     * each burst. Source of the idea: DPDK testpmd {@code set record-core-cycles}.
     */
    void setRecordStalls(boolean on);

    /** Whether long bursts are recorded. */
    boolean recordStalls();

    /** The stall in which {@code timeNanos} fell on the lcore with that kernel thread id. */
    Optional<Stall> stallAt(int thread, long timeNanos);

    /** How long the polls of each lcore took since the recording of stalls was set last. */
    List<PollTimes> pollTimes();

    /**
     * The lcores, for messages: {@code lcore-1 (CPU 1), 2 streams}. Empty before the first start.
     */
    List<String> lcores();
}
