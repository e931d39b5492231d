// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a poll-mode driver implements for one of its devices, and hands to {@link PortRegistry#add}
 * in probe. Called by the port alone, on control threads, one call at a time, in this order: queues
 * are set up, started, stopped; set up again or closed. The statistics and the link may be read at
 * any time before close, on any thread.
 *
 * <p>The device may be gone during any call: none may hang or fail for that, except {@link #start}.
 * Source: DPDK {@code struct eth_dev_ops}.
 */
@ConsumerType
public interface EthDev {
    /** Limits and facts, which do not change. Any thread, also after close. */
    EthDevInfo info();

    /**
     * Told first of all, inside {@link PortRegistry#add}: the number to mark received packets with
     * ({@link io.hotbus.eal.mem.Mbuf#received}).
     */
    default void portAssigned(int portId) {
    }

    /**
     * At most how many buffers a receive queue holds, in its ring and elsewhere. A port is set up
     * only where its pool can promise that many for each queue.
     */
    default int maxRxBuffers(int descriptors) {
        return descriptors;
    }

    /** At most how many buffers a transmit queue holds; as {@link #maxRxBuffers}. */
    default int maxTxBuffers(int descriptors) {
        return descriptors;
    }

    /**
     * Told before its queues are set up: how many there will be, and what else the port is to do.
     * The port has checked it against {@link #info}.
     *
     * @throws DeviceException the device does not do it
     */
    default void configure(PortConfig config) throws DeviceException {
    }

    /**
     * Makes the receive queue {@code index}, replacing one set up before.
     *
     * @param descriptors a power of two within the limits of {@link #info}
     * @param pool        where its buffers come from
     * @throws DeviceException no memory for its ring, or the device does not take it
     */
    RxQueue setupRxQueue(int index, int descriptors, Mempool pool) throws DeviceException;

    /** Makes the transmit queue {@code index}; as {@link #setupRxQueue}. */
    TxQueue setupTxQueue(int index, int descriptors, Mempool pool) throws DeviceException;

    /**
     * Starts to receive and send. Sets the device up from whatever state it is in: another program
     * may have reset it at any time.
     *
     * @throws DeviceException the device is gone, or did not start in time; it is stopped
     */
    void start() throws DeviceException;

    /**
     * Stops to receive and send. No thread is in a burst any more. Buffers stay in the queues.
     * Idempotent.
     */
    void stop();

    /** Releases queues and memory; all buffers are back in their pools. Idempotent. */
    void close();

    /** The present state of the link. Never waits for the link; any thread. */
    Link link();

    /** The counters since the last reset. A register that reads all-ones is not counted. */
    EthStats stats();

    /** Counts {@link #stats} and {@link #xstats} from zero from now on. A control thread. */
    void resetStats();

    /**
     * Whether {@link #stats} and {@link #xstats} are right after the device is gone, too, since
     * they touch nothing of it (see {@link QueueCounters}). If not, the port shows what it read
     * last.
     */
    default boolean statsOutliveDevice() {
        return false;
    }

    /** Counters that {@link #stats} has not, by name ({@code rx_q0_packets}), in order. */
    default Map<String, Long> xstats() {
        return Map.of();
    }

    /**
     * Receives these frames from now on, also after each later start. The port has checked the
     * filter against {@link EthDevInfo#filter}. The device may be started.
     *
     * @throws DeviceException the device does not do it; the filter is as it was
     */
    default void setRxFilter(RxFilter filter) throws DeviceException {
    }

    /**
     * Receives and sends packets of up to {@code mtu} bytes and {@link EthDevInfo#OVERHEAD}, from
     * the next start on. The device is stopped; the MTU is within the limits of {@link #info}.
     *
     * @throws DeviceException the device does not do it; the MTU is as it was
     */
    default void setMtu(int mtu) throws DeviceException {
    }
}
