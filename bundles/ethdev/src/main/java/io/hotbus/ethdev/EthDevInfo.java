// SPDX-License-Identifier: Apache-2.0
package io.hotbus.ethdev;

import java.util.Optional;
import java.util.Set;

/**
 * Limits and facts of a device.
 *
 * @param driver     the driver's name, {@code net_sim}
 * @param macAddress the address that the device came with
 * @param rx         limits of its receive queues
 * @param tx         limits of its transmit queues
 * @param mtu        the MTU that the device came with, in bytes
 * @param maxMtu     the largest MTU, in bytes; the smallest is {@value #MIN_MTU}
 * @param filter     which receive filters it supports
 * @param rxOffloads what it can do with received packets
 * @param txOffloads what it can do with packets to be sent
 * @param rss        how it can spread packets over its queues
 * @param standby    how it stands in for another device; empty if it does not
 */
public record EthDevInfo(String driver, MacAddress macAddress, QueueLimits rx, QueueLimits tx,
        int mtu, int maxMtu, RxFilterLimits filter, Set<RxOffload> rxOffloads,
        Set<TxOffload> txOffloads, RssLimits rss, Optional<Standby> standby) {
    /** The MTU of a device that came with no other. */
    public static final int DEFAULT_MTU = 1500;
    /** The smallest MTU that can be set: IPv4 needs it. Source: RFC 791. */
    public static final int MIN_MTU = 68;
    /** Bytes of a frame over the MTU: the Ethernet header and a VLAN tag; no FCS. */
    public static final int OVERHEAD = 18;

    /** Copies the sets. */
    public EthDevInfo {
        rxOffloads = Set.copyOf(rxOffloads);
        txOffloads = Set.copyOf(txOffloads);
    }

    /** Creates the facts of a device that can only receive and send frames of the default MTU. */
    public EthDevInfo(String driver, MacAddress macAddress, QueueLimits rx, QueueLimits tx) {
        this(driver, macAddress, rx, tx, DEFAULT_MTU, DEFAULT_MTU, RxFilterLimits.FIXED,
                Set.of(), Set.of(), RssLimits.NONE, Optional.empty());
    }

    /** Creates the same, with equal limits for receive and transmit queues. */
    public EthDevInfo(String driver, MacAddress macAddress, QueueLimits both) {
        this(driver, macAddress, both, both);
    }

    /** Returns a copy with another largest MTU. */
    public EthDevInfo withMaxMtu(int bytes) {
        return new EthDevInfo(
                driver, macAddress, rx, tx, mtu, bytes, filter, rxOffloads, txOffloads, rss,
                standby);
    }

    /** Returns a copy with another MTU that the device came with. */
    public EthDevInfo withMtu(int bytes) {
        return new EthDevInfo(
                driver, macAddress, rx, tx, bytes, maxMtu, filter, rxOffloads, txOffloads, rss,
                standby);
    }

    /** Returns a copy with another filter. */
    public EthDevInfo withFilter(RxFilterLimits limits) {
        return new EthDevInfo(
                driver, macAddress, rx, tx, mtu, maxMtu, limits, rxOffloads, txOffloads, rss,
                standby);
    }

    /** Returns a copy with other offloads. */
    public EthDevInfo withOffloads(Set<RxOffload> receive, Set<TxOffload> transmit) {
        return new EthDevInfo(
                driver, macAddress, rx, tx, mtu, maxMtu, filter, receive, transmit, rss, standby);
    }

    /** Returns a copy with RSS. */
    public EthDevInfo withRss(RssLimits limits) {
        return new EthDevInfo(
                driver, macAddress, rx, tx, mtu, maxMtu, filter, rxOffloads, txOffloads, limits,
                standby);
    }

    /** Returns a copy that stands in for another device. */
    public EthDevInfo withStandby(Standby role) {
        return new EthDevInfo(driver, macAddress, rx, tx, mtu, maxMtu, filter, rxOffloads,
                txOffloads, rss, Optional.of(role));
    }
}
