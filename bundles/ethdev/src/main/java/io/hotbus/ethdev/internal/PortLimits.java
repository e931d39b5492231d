// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev.internal;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.EthDevInfo;
import io.hotbus.ethdev.NotSupportedException;
import io.hotbus.ethdev.PortConfig;
import io.hotbus.ethdev.QueueLimits;
import io.hotbus.ethdev.RssConfig;
import io.hotbus.ethdev.RssLimits;
import io.hotbus.ethdev.RxFilter;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Checks requests to a port against the limits of its device. */
final class PortLimits {
    private final String port;
    private final EthDevInfo info;

    /** {@code port} names the port. */
    PortLimits(String port, EthDevInfo info) {
        this.port = port;
        this.info = info;
    }

    /**
     * Checks a configuration.
     *
     * @throws DeviceException the device cannot do it; the message says what it can do
     */
    void check(PortConfig config) throws DeviceException {
        check("rx", config.rxQueues(), config.rxDescriptors(), info.rx());
        check("tx", config.txQueues(), config.txDescriptors(), info.tx());
        if (config.pool() == null) {
            throw failure("needs a mempool for its queues");
        }
        requireAll("rx offload", config.rxOffloads(), info.rxOffloads());
        requireAll("tx offload", config.txOffloads(), info.txOffloads());
        check(config.rss(), config.rxQueues());
    }

    private void check(String direction, int queues, int descriptors, QueueLimits limits)
            throws DeviceException {
        if (queues < 1 || queues > limits.maxQueues()) {
            throw failure("%s %s queues: 1 to %s are possible"
                    .formatted(queues, direction, limits.maxQueues()));
        }
        if (descriptors < limits.minDescriptors() || descriptors > limits.maxDescriptors()
                || Integer.bitCount(descriptors) != 1) {
            throw failure("%s %s descriptors: a power of two from %s to %s is needed".formatted(
                    descriptors, direction, limits.minDescriptors(), limits.maxDescriptors()));
        }
    }

    private void check(RssConfig rss, int queues) throws DeviceException {
        RssLimits limits = info.rss();
        requireAll("RSS of", rss.hashes(), limits.hashes());
        if (!rss.key().isEmpty() && rss.key().size() != limits.key()) {
            throw failure("an RSS key of %s bytes: %s are needed"
                    .formatted(rss.key().size(), limits.key()));
        }
        if (!rss.table().isEmpty() && rss.table().size() != limits.table()) {
            throw failure("an RSS table of %s entries: %s are needed"
                    .formatted(rss.table().size(), limits.table()));
        }
        for (int queue : rss.table()) {
            if (queue < 0 || queue >= queues) {
                throw failure("an RSS table with queue %s: 0 to %s are possible"
                        .formatted(queue, queues - 1));
            }
        }
    }

    private <E extends Enum<E>> void requireAll(String what, Set<E> wanted, Set<E> possible)
            throws DeviceException {
        Set<E> missing = new TreeSet<>(wanted);
        missing.removeAll(possible);
        if (!missing.isEmpty()) {
            throw notSupported(what + " " + words(missing));
        }
    }

    private static String words(Collection<? extends Enum<?>> values) {
        return values.stream().map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }

    /**
     * Checks an MTU.
     *
     * @throws DeviceException the MTU is not possible; the message names the possible ones
     */
    void checkMtu(int mtu) throws DeviceException {
        if (mtu < EthDevInfo.MIN_MTU || mtu > info.maxMtu()) {
            throw failure("MTU %s: %s to %s are possible"
                    .formatted(mtu, EthDevInfo.MIN_MTU, info.maxMtu()));
        }
    }

    /**
     * Checks a filter.
     *
     * @throws NotSupportedException the device cannot change from {@code now} to {@code next}
     */
    void check(RxFilter now, RxFilter next) throws NotSupportedException {
        String lack = info.filter().lacks(now, next).orElse(null);
        if (lack != null) {
            throw notSupported(lack);
        }
    }

    private NotSupportedException notSupported(String operation) {
        return new NotSupportedException(
                "%s: %s: not supported by %s".formatted(port, operation, info.driver()));
    }

    private DeviceException failure(String what) {
        return new DeviceException(port + ": " + what);
    }
}
