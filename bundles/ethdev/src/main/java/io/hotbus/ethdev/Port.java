// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An Ethernet port, as applications see it. Its methods may be called on any control thread; they
 * are serialised. {@link #rxQueue} and {@link #txQueue} are for lcores: one volatile read.
 *
 * <p>When its device is removed the port's queues become ones that receive and send nothing,
 * without an access, and INTR_RMV is raised; the application then stops and closes it and detaches
 * its device.
 */
@ProviderType
public interface Port {
    /**
     * The number the last port of the same device had, or where that is taken, or there was none,
     * the lowest free one. Free again when the device is detached.
     */
    int id();

    /** The device's name. */
    default String name() {
        return device().name();
    }

    /** What it is the port of: one stay of the device on its bus. */
    Device device();

    /** Where it stands now. One volatile read. */
    PortState state();

    /** Whether its device is gone. DPDK: {@code rte_eth_dev_is_removed}. */
    boolean isRemoved();

    /** Limits and facts of the device, which do not change. */
    EthDevInfo info();

    /**
     * Sets up its queues. The port is stopped.
     *
     * <p>The buffers that its queues may come to hold are reserved in the pool until the port is
     * closed: a port that could take buffers away from those that were set up before is refused.
     *
     * @throws DeviceException naming what is out of range, not stopped, or how many buffers the
     *     pool lacks
     */
    void configure(PortConfig config) throws DeviceException;

    /** How many receive queues it is configured with; 0 before. */
    int rxQueueCount();

    /** How many transmit queues it is configured with; 0 before. */
    int txQueueCount();

    /** @throws DeviceException not configured, closed, or the device did not start. Idempotent. */
    void start() throws DeviceException;

    /** No lcore uses its queues any more: the caller has seen to that. Idempotent. */
    void stop();

    /** Stops it and returns its buffers to the pool. Final. Idempotent. */
    void close();

    /**
     * The receive queue to poll now. An lcore asks again for every burst, so that a change takes
     * effect at a burst's boundary. While the port is not started, or gone, it receives nothing.
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

    /** The transmit queue to send through now; as {@link #rxQueue}. */
    TxQueue txQueue(int index);

    /** The link now; down where the device is gone. */
    Link link();

    /** Since the last reset. Once the device is gone: as it was last seen. */
    EthStats stats();

    /**
     * All counters by name, in the order to be shown: those of {@link #stats} by DPDK's names
     * ({@code rx_good_packets}), then those of the driver. Else as {@link #stats}.
     */
    Map<String, Long> xstats();

    /** Counts {@link #stats} and {@link #xstats} from zero from now on. */
    void resetStats();

    /** The MTU, in bytes. */
    int mtu();

    /**
     * Sets the MTU, from the next start on. A frame that is longer than a buffer of the pool
     * arrives as a chain of segments. The port is stopped.
     *
     * @throws DeviceException naming the MTUs that are possible; or the port is not stopped
     */
    void setMtu(int mtu) throws DeviceException;

    /** Which frames are received. */
    RxFilter rxFilter();

    /**
     * Changes which frames are received, now and after each later start. Does nothing once the
     * device is gone.
     *
     * @param change makes the next filter out of the present one; called once
     * @throws NotSupportedException naming the port, its driver and what that lacks
     * @throws DeviceException       the device does not do it; or what the filter would hold is no
     *     address or VLAN
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

    /** Turns promiscuous mode on or off; as {@link #changeRxFilter}. */
    default void setPromiscuous(boolean on) throws DeviceException {
        changeRxFilter(filter -> filter.withPromiscuous(on));
    }

    /**
     * Who uses the port for itself, as a bond does with its members: others leave it alone. Source:
     * DPDK {@code rte_eth_dev_owner_get}.
     */
    Optional<String> owner();

    /**
     * Makes {@code owner} the owner of the port, until it {@linkplain #disown disowns} it or the
     * port is gone. Idempotent.
     *
     * @throws DeviceException somebody else is, and who
     */
    void own(String owner) throws DeviceException;

    /** Ends the ownership of {@code owner}, if it is the owner. */
    void disown(String owner);
}
