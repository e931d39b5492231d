// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.MempoolCaches;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An Ethernet port, as applications see it. Any control thread may call its methods; they are
 * serialised. {@link #rxQueue} and {@link #txQueue} are for lcores and cost one volatile read.
 *
 * <p>When the device is removed, the port replaces its queues by idle ones, which receive and send
 * nothing and do not access the device, and raises INTR_RMV. The application then stops and closes
 * the port and detaches the device.
 */
@ProviderType
public interface Port {
    /**
     * The number of the port. A port gets the number that the last port of the same device had; if
     * that is taken or there was none, the lowest free number. It is free again when the device is
     * detached.
     */
    int id();

    /** The device's name. */
    default String name() {
        return device().name();
    }

    /** The device of the port: one stay of the device on its bus. */
    Device device();

    /** The present state. One volatile read. */
    PortState state();

    /** Whether its device is gone. DPDK: {@code rte_eth_dev_is_removed}. */
    boolean isRemoved();

    /** Limits and facts of the device, which do not change. */
    EthDevInfo info();

    /**
     * Sets up the queues. The port must be stopped.
     *
     * <p>The port reserves the buffers that its queues can hold in the pool until it is closed. If
     * the pool cannot reserve them without taking buffers from other ports, this method fails.
     *
     * @throws DeviceException a value is out of range, the port is not stopped, or the pool lacks
     *     buffers; the message says which and how many
     */
    void configure(PortConfig config) throws DeviceException;

    /** What the last {@link #configure} has set up; empty before, and once the port is closed. */
    Optional<PortConfig> config();

    /** The number of configured receive queues; 0 before {@link #configure}. */
    int rxQueueCount();

    /** The number of configured transmit queues; 0 before {@link #configure}. */
    int txQueueCount();

    /**
     * Starts the port. Idempotent.
     *
     * @throws DeviceException the port is not configured or is closed, or the device did not start
     */
    void start() throws DeviceException;

    /** Stops the port. The caller must ensure that no lcore uses its queues. Idempotent. */
    void stop();

    /** Stops the port for good and returns its buffers to the pool. Idempotent. */
    void close();

    /**
     * The receive queue to poll now. An lcore calls this for every burst, so that a change takes
     * effect between two bursts. While the port is not started or is gone, the queue receives
     * nothing.
     */
    RxQueue rxQueue(int index);

    /**
     * Lets the thread that polls a receive queue sleep: {@code wake} is called at least once, on
     * any thread, when there is a packet to receive, or when {@link #rxQueue} has changed, since
     * the port was started or stopped or its device is gone. Each call replaces the one before. To
     * be called between two bursts, on the thread of the bursts; {@code wake} never blocks.
     *
     * @return false where the device has no receive interrupts, so that it has to be polled
     */
    boolean wakeOnPacket(int index, Runnable wake);

    /** The transmit queue to send through now. See {@link #rxQueue}. */
    TxQueue txQueue(int index);

    /**
     * Takes back the packets that a transmit queue has not reported as sent, once the device is
     * gone or while the port is stopped, until the port is closed. For the owner of the port. See
     * {@link TxQueue#takeBack}.
     */
    int takeBack(int index, MempoolCaches caches, long[] mbufs, int count);

    /** The present link; down if the device is gone. */
    Link link();

    /** The counters since the last reset. Once the device is gone: the last reading. */
    EthStats stats();

    /**
     * All counters by name, in the order to be shown: those of {@link #stats} by DPDK's names
     * ({@code rx_good_packets}), then those of the driver. Otherwise like {@link #stats}.
     */
    Map<String, Long> xstats();

    /** Counts {@link #stats} and {@link #xstats} from zero from now on. */
    void resetStats();

    /** The MTU, in bytes. */
    int mtu();

    /**
     * Sets the MTU from the next start on. A frame that is longer than a buffer of the pool arrives
     * as a chain of segments. The port must be stopped.
     *
     * @throws DeviceException the MTU is not possible (the message names the possible ones), or the
     *     port is not stopped
     */
    void setMtu(int mtu) throws DeviceException;

    /** Which frames are received. */
    RxFilter rxFilter();

    /**
     * Changes which frames are received, now and after each later start. Does nothing once the
     * device is gone.
     *
     * @param change returns the next filter for the present one; called once
     * @throws NotSupportedException the driver does not support it; the message names the port, the
     *     driver and what it lacks
     * @throws DeviceException       the device failed, or the filter has an invalid address or VLAN
     */
    void changeRxFilter(UnaryOperator<RxFilter> change) throws DeviceException;

    /** The present address of the port. */
    default MacAddress macAddress() {
        return rxFilter().address();
    }

    /** Whether frames for other addresses are received. */
    default boolean promiscuous() {
        return rxFilter().promiscuous();
    }

    /** Turns promiscuous mode on or off. See {@link #changeRxFilter}. */
    default void setPromiscuous(boolean on) throws DeviceException {
        changeRxFilter(filter -> filter.withPromiscuous(on));
    }

    /**
     * The exclusive user of the port, for example the bond that it is a member of. Others must not
     * use the port. Source: DPDK {@code rte_eth_dev_owner_get}.
     */
    Optional<String> owner();

    /**
     * Makes {@code owner} the owner of the port, until it {@linkplain #disown disowns} it or the
     * port is gone. Idempotent.
     *
     * @throws DeviceException the port has another owner; the message names it
     */
    void own(String owner) throws DeviceException;

    /** Ends the ownership of {@code owner}, if it is the owner. */
    void disown(String owner);

    /**
     * Marks received packets with the number of another port, which passes them on, from the next
     * {@link #configure} on. For the owner of the port. See {@link
     * io.hotbus.eal.mem.Mbuf#received}.
     */
    void receiveAs(int portId);
}
