// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.eal.hotplug.SigbusFault;
import java.util.List;
import java.util.OptionalLong;

/**
 * One removal that was survived, and the return. Times are spans in nanoseconds.
 *
 * @param number           from 1
 * @param faults           the accesses that found the memory gone, and were repaired
 * @param faultToResume    from the fault on the lcore until it was through with the burst, the
 *                         rest of it included; empty where the lcore met none, since the removal
 *                         was noticed otherwise
 * @param yankToFault      from the memory's going to the first fault; 0 without one
 * @param yankToDetached   until its device was detached
 * @param plugToForwarding from plugging in until packets went through it in both directions again
 */
record Cycle(int number, List<SigbusFault> faults, OptionalLong faultToResume, long yankToFault,
        long yankToDetached, long plugToForwarding) {
}
