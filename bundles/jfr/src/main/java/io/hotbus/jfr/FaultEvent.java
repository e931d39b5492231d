// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.SigbusFault;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;

/** An access to the memory of a device faulted, and was repaired. */
@Name("hotbus.Fault")
@Label("Fault")
@Description("An access to the memory of a device faulted, and was repaired")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class FaultEvent extends Event {
    @Label("Bus")
    String bus;
    @Label("Device")
    String device;
    @Label("Window")
    String window;
    @Label("Thread Id")
    @Description("The id of the thread in the kernel")
    int threadId;
    @Label("Begin")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    long begin;
    @Label("Repair")
    @Timespan(Timespan.NANOSECONDS)
    long repair;
    @Label("Repairs")
    @Description("How often this window was repaired so far")
    int repairs;

    /** Records {@code fault} of the device of {@code event}, if a recording has this event. */
    void record(DeviceEvent event, SigbusFault fault) {
        if (shouldCommit()) {
            bus = event.bus();
            device = event.name();
            window = fault.window();
            threadId = fault.thread();
            begin = Clock.wallMillis(fault.timeNanos());
            repair = fault.repairNanos();
            repairs = fault.count();
            commit();
        }
    }
}
