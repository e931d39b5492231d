// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.eth;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxFilter;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import io.hotbus.pmd.Attachment;
import io.hotbus.pmd.RegisterCounters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Implements the life cycle of an Ethernet device below its port: queues, start, stop, close, and
 * statistics that outlive the device. A driver adds what its device does at each step.
 *
 * <p>The threads are those of {@link EthDev}. The device may be gone at every step: reads return
 * all-ones and writes have no effect, but every buffer is still given back.
 *
 * @param <R> the receive queues of the driver
 * @param <T> the transmit queues of the driver
 */
@ConsumerType
public abstract class AbstractEthDev<R extends RxQueue, T extends TxQueue> implements EthDev {
    private final EthDevInfo info;
    private final RegisterCounters registers;
    /** The counters of all queues that were ever set up, by queue number. Read by any thread. */
    private final List<QueueCounters> rxCounters = new CopyOnWriteArrayList<>();
    private final List<QueueCounters> txCounters = new CopyOnWriteArrayList<>();
    private final List<R> rx = new ArrayList<>();
    private final List<T> tx = new ArrayList<>();
    private int portId;
    private int mtu;
    private RxFilter filter;
    /** What {@link #missed} was when the statistics were reset. */
    private volatile long missedBefore;
    private volatile boolean closed;

    /**
     * Creates the device, which has been reset and answers.
     *
     * @param registers the statistics registers; they are read until the device is closed
     */
    protected AbstractEthDev(EthDevInfo info, RegisterCounters registers) {
        this.info = info;
        this.mtu = info.mtu();
        this.registers = registers;
        this.filter = info.filter().initial(info.macAddress());
    }

    /** Creates a device that has no statistics registers. */
    protected AbstractEthDev(EthDevInfo info) {
        this(info, RegisterCounters.none());
    }

    /** Creates a receive queue. The device does not use the queue yet. */
    protected abstract R createRxQueue(QueueSetup setup) throws DeviceException;

    /** Creates a transmit queue. The device does not use the queue yet. */
    protected abstract T createTxQueue(QueueSetup setup) throws DeviceException;

    /**
     * Starts the device with its present queues. The device may be in any state before. If this
     * throws, {@link #stopDevice} is called next.
     *
     * @throws DeviceException the device is gone, or does not answer in time
     */
    protected abstract void startDevice() throws DeviceException;

    /** Stops the device, started or not. Its queues keep their buffers. Must not fail. */
    protected abstract void stopDevice();

    /**
     * Makes sure that the device no longer reads or writes memory, whatever its state, and gives
     * back the buffers that are in no queue. Called after {@link #stopDevice} and before the queues
     * are closed.
     */
    protected void closeDevice() {
    }

    /**
     * Makes the device, which may be started, receive the frames of {@code next} from now on.
     * {@link #rxFilter} still returns the previous filter during this call. Each start must apply
     * {@link #rxFilter}.
     *
     * @throws DeviceException the device cannot receive these frames
     */
    protected void applyRxFilter(RxFilter next) throws DeviceException {
    }

    /** Reads the state of the link from the device. */
    protected abstract Link readLink();

    /**
     * Publishes this device as a port. When the driver releases the device, the port is withdrawn
     * and the device is closed.
     */
    public final Port publish(PortRegistry ports, Device device, Attachment attachment) {
        attachment.onRemove(this::close);
        Port port = ports.add(device, this);
        attachment.onRemove(() -> ports.remove(port));
        return port;
    }

    @Override
    public final EthDevInfo info() {
        return info;
    }

    @Override
    public final void portAssigned(int id) {
        portId = id;
    }

    /** The filter that selects the frames to receive. Control threads. */
    protected final RxFilter rxFilter() {
        return filter;
    }

    @Override
    public final void setRxFilter(RxFilter next) throws DeviceException {
        applyRxFilter(next);
        filter = next;
    }

    /** The MTU that the next start must apply, in bytes. Control threads. */
    protected final int mtu() {
        return mtu;
    }

    @Override
    public final void setMtu(int bytes) {
        mtu = bytes;
    }

    @Override
    public final RxQueue setupRxQueue(int index, int descriptors, Mempool pool)
            throws DeviceException {
        drop(rx, index);
        R queue = createRxQueue(
                new QueueSetup(index, descriptors, pool, portId, counters(rxCounters, index)));
        rx.add(queue);
        return queue;
    }

    @Override
    public final TxQueue setupTxQueue(int index, int descriptors, Mempool pool)
            throws DeviceException {
        drop(tx, index);
        T queue = createTxQueue(
                new QueueSetup(index, descriptors, pool, portId, counters(txCounters, index)));
        tx.add(queue);
        return queue;
    }

    /**
     * Closes the queues from {@code index} on. Queues are set up in order from 0, so the queues
     * above {@code index} are also from an earlier set-up.
     */
    private static void drop(List<?> queues, int index) {
        List<?> old = queues.subList(index, queues.size());
        old.forEach(AbstractEthDev::close);
        old.clear();
    }

    private static void close(Object queue) {
        if (queue instanceof RingQueue ring) {
            ring.close();
        }
    }

    private static QueueCounters counters(List<QueueCounters> all, int index) {
        while (all.size() <= index) {
            all.add(new QueueCounters());
        }
        return all.get(index);
    }

    /** The present receive queues, by number. */
    protected final List<R> rxQueues() {
        return rx;
    }

    /** The present transmit queues, by number. */
    protected final List<T> txQueues() {
        return tx;
    }

    /** Whether the device was closed; a closed device must not be accessed. */
    protected final boolean isClosed() {
        return closed;
    }

    @Override
    public final void start() throws DeviceException {
        try {
            startDevice();
        } catch (DeviceException e) {
            stop();
            throw e;
        }
    }

    @Override
    public final void stop() {
        if (!closed) {
            stopDevice();
        }
    }

    @Override
    public final void close() {
        if (closed) {
            return;
        }
        stopDevice();
        closeDevice();
        registers.freeze();
        closed = true;
        drop(rx, 0);
        drop(tx, 0);
    }

    @Override
    public final Link link() {
        return closed ? Link.DOWN : readLink();
    }

    @Override
    public final EthStats stats() {
        registers.collect();
        return addRegisters(QueueCounters.total(
                rxCounters, txCounters, missed() - missedBefore), registers);
    }

    /**
     * The number of packets that the device itself has dropped since it was created. Never less
     * than before, also when the device is gone or closed. Any thread.
     */
    protected long missed() {
        return 0;
    }

    /** Adds the values of the statistics registers to the counts of the queues. Any thread. */
    protected EthStats addRegisters(EthStats queues, RegisterCounters counters) {
        return queues;
    }

    @Override
    public final void resetStats() {
        rxCounters.forEach(QueueCounters::reset);
        txCounters.forEach(QueueCounters::reset);
        registers.reset();
        missedBefore = missed();
    }

    /** True: queues are counted in software, and the last sums of the registers are kept. */
    @Override
    public final boolean statsOutliveDevice() {
        return true;
    }

    @Override
    public final Map<String, Long> xstats() {
        Map<String, Long> values = new LinkedHashMap<>();
        for (int q = 0; q < rxCounters.size(); q++) {
            values.put("rx_q" + q + "_packets", rxCounters.get(q).packets());
            values.put("rx_q" + q + "_bytes", rxCounters.get(q).bytes());
            values.put("rx_q" + q + "_errors", rxCounters.get(q).errors());
        }
        for (int q = 0; q < txCounters.size(); q++) {
            values.put("tx_q" + q + "_packets", txCounters.get(q).packets());
            values.put("tx_q" + q + "_bytes", txCounters.get(q).bytes());
            values.put("tx_q" + q + "_errors", txCounters.get(q).errors());
        }
        registers.collect();
        values.putAll(registers.xstats());
        return values;
    }
}
