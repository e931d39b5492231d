// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.null_;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.mem.Mempool;
import io.hotbus.ethdev.EthDev;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.EthStats;
import io.hotbus.ethdev.Link;
import io.hotbus.ethdev.QueueCounters;
import io.hotbus.ethdev.RxQueue;
import io.hotbus.ethdev.TxQueue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One null device. It has nothing that could be pulled out, and so all it counts outlives it. */
final class NullDev implements EthDev {
    private static final int MAX_QUEUES = 16;
    private static final int MIN_DESCRIPTORS = 1;
    private static final int MAX_DESCRIPTORS = 1 << 15;
    private static final int SPEED_MBPS = 10_000;
    /** Locally administered; the device's number makes the last two bytes. */
    private static final long MAC = 0x02_00_00_4e_00_00L;

    private final String name;
    private final NullArgs args;
    private final List<QueueCounters> rxCounters = counters();
    private final List<QueueCounters> txCounters = counters();
    private volatile boolean started;
    /** Set up now or before. */
    private volatile int queues;
    private int portId;

    /** {@code name} is the device's, for words. */
    NullDev(String name, NullArgs args) {
        this.name = name;
        this.args = args;
    }

    private static List<QueueCounters> counters() {
        return Stream.generate(QueueCounters::new).limit(MAX_QUEUES).toList();
    }

    @Override
    public EthDevInfo info() {
        return new EthDevInfo(NullDriver.NAME, mac(), MAX_QUEUES, MIN_DESCRIPTORS,
                MAX_DESCRIPTORS);
    }

    /** The same whenever the device is attached again. */
    private long mac() {
        int number = name.chars().filter(Character::isDigit).map(digit -> digit - '0')
                .reduce(0, (n, digit) -> n * 10 + digit);
        return MAC | number & 0xffff;
    }

    @Override
    public void portAssigned(int id) {
        portId = id;
    }

    /** It has no rings. */
    @Override
    public int maxBuffers(int rxDescriptors, int txDescriptors) {
        return 0;
    }

    /** {@code descriptors} are not needed: nothing is ever waiting. */
    @Override
    public RxQueue setupRxQueue(int index, int descriptors, Mempool pool) throws DeviceException {
        if (args.size() > pool.dataRoom()) {
            throw new DeviceException(
                    "%s: size=%s does not fit in the %s bytes of a buffer of pool %s"
                            .formatted(name, args.size(), pool.dataRoom(), pool.name()));
        }
        queues = Math.max(queues, index + 1);
        if (args.noRx()) {
            return (caches, mbufs, count) -> 0;
        }
        return new NullRxQueue(args, portId, pool, rxCounters.get(index));
    }

    @Override
    public TxQueue setupTxQueue(int index, int descriptors, Mempool pool) {
        return new NullTxQueue(args, pool.dataRoom(), txCounters.get(index));
    }

    @Override
    public void start() {
        started = true;
    }

    @Override
    public void stop() {
        started = false;
    }

    @Override
    public void close() {
        started = false;
    }

    @Override
    public Link link() {
        return started ? new Link(true, SPEED_MBPS, true) : Link.DOWN;
    }

    @Override
    public EthStats stats() {
        return QueueCounters.total(rxCounters, txCounters, 0);
    }

    @Override
    public void resetStats() {
        rxCounters.forEach(QueueCounters::reset);
        txCounters.forEach(QueueCounters::reset);
    }

    @Override
    public Map<String, Long> xstats() {
        Map<String, Long> xstats = new LinkedHashMap<>();
        IntStream.range(0, queues).forEach(i -> {
            xstats.put("rx_q" + i + "_packets", rxCounters.get(i).packets());
            xstats.put("rx_q" + i + "_bytes", rxCounters.get(i).bytes());
            xstats.put("tx_q" + i + "_packets", txCounters.get(i).packets());
            xstats.put("tx_q" + i + "_bytes", txCounters.get(i).bytes());
        });
        return xstats;
    }

    @Override
    public boolean statsOutliveDevice() {
        return true;
    }
}
