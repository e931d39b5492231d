// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.eal.hotplug.SigbusFault;
import java.util.List;
import java.util.OptionalLong;

/**
 * The figures of one survived removal and the return of the device. Times are in nanoseconds.
 *
 * @param number           from 1
 * @param faults           the accesses that found the memory gone and were repaired
 * @param faultToResume    from the fault on the lcore to the end of its burst, with the rest of the
 *                         burst included; empty if the lcore met no fault because the removal was
 *                         noticed in another way
 * @param yankToFault      from the removal of the memory to the first fault; 0 without a fault
 * @param yankToDetached   from the removal of the memory to the detach of the device
 * @param plugToForwarding from the return of the device until it forwards in both directions again
 */
record Cycle(int number, List<SigbusFault> faults, OptionalLong faultToResume, long yankToFault,
        long yankToDetached, long plugToForwarding) {
}
