// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

/**
 * How long an lcore took to poll its tasks, one by one, while stalls were recorded. The longest
 * poll is the longest time for which no packet was taken: a burst that took long, the scheduler, or
 * a pause of the collector.
 *
 * @param lcore     the thread's name
 * @param polls     how many polls are counted
 * @param p50Nanos  half of them took at most so long
 * @param p999Nanos 99.9 percent of them took at most so long
 * @param maxNanos  the longest
 */
public record PollTimes(String lcore, long polls, long p50Nanos, long p999Nanos, long maxNanos) {
}
