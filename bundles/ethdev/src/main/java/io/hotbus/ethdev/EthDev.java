// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * One Ethernet device, implemented by a poll-mode driver. The driver passes it to {@link
 * PortRegistry#add} in probe. Only the port calls it, on control threads, one call at a time, in
 * this order: set up queues, start, stop; then set up again or close. Any thread may read the
 * statistics and the link before close.
 *
 * <p>The device may be gone during any call. No call may hang because of that, and only {@link
 * #start} may fail. Source: DPDK {@code struct eth_dev_ops}.
 */
@ConsumerType
public interface EthDev {
    /** Limits and facts of the device, which do not change. Any thread, also after close. */
    EthDevInfo info();

    /**
     * The address that the device has unless it is given another one. Only {@link #start} may
     * change it, for example because the administrator has given another one to a virtual function.
     * Control threads.
     */
    default MacAddress macAddress() {
        return info().macAddress();
    }

    /**
     * Called first, inside {@link PortRegistry#add}, with the number to mark received packets with
     * ({@link io.hotbus.eal.mem.Mbuf#received}). Called again with another number if the port gets
     * an owner that passes the packets on; the queues that are set up next use that number.
     */
    default void portAssigned(int portId) {
    }

    /**
     * The most buffers that a receive queue holds, in its ring and elsewhere. A port is set up only
     * if its pool can reserve that many for each queue.
     */
    default int maxRxBuffers(int descriptors) {
        return descriptors;
    }

    /** The most buffers that a transmit queue holds. See {@link #maxRxBuffers}. */
    default int maxTxBuffers(int descriptors) {
        return descriptors;
    }

    /**
     * Called before the queues are set up, with their number and what else the port shall do. The
     * port has checked {@code config} against {@link #info}.
     *
     * @throws DeviceException the device does not do it
     */
    default void configure(PortConfig config) throws DeviceException {
    }

    /**
     * Creates the receive queue {@code index}, and replaces an earlier one.
     *
     * @param descriptors a power of two within the limits of {@link #info}
     * @param pool        the pool that its buffers come from
     * @throws DeviceException no memory for its ring, or the device does not take it
     */
    RxQueue setupRxQueue(int index, int descriptors, Mempool pool) throws DeviceException;

    /** Creates the transmit queue {@code index}. See {@link #setupRxQueue}. */
    TxQueue setupTxQueue(int index, int descriptors, Mempool pool) throws DeviceException;

    /**
     * Starts to receive and send. Sets up the device from any state, because another program may
     * have reset it.
     *
     * @throws DeviceException the device is gone, or did not start in time; it is stopped
     */
    void start() throws DeviceException;

    /**
     * Stops receiving and sending. No thread is in a burst by then. Buffers stay in the queues.
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
     * Whether {@link #stats} and {@link #xstats} stay right after the device is gone, because they
     * do not access the device (see {@link QueueCounters}). If not, the port shows its last
     * reading.
     */
    default boolean statsOutliveDevice() {
        return false;
    }

    /** Counters beyond {@link #stats}, by name ({@code rx_q0_packets}), in order. */
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
