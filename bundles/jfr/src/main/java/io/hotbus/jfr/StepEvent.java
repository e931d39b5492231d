// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import io.hotbus.eal.hotplug.DeviceStep;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Timespan;
import jdk.jfr.Timestamp;

/**
 * What the events of steps have in common. The recorder stamps an event when it is told of it, on
 * {@code control}: when the step began, how long it took and which thread did it are fields.
 */
abstract class StepEvent extends Event {
    @Label("Step")
    String step;
    @Label("Bus")
    @Description("Empty for bundles and lcores")
    String bus;
    @Label("Name")
    @Description("The device, the bundle or the lcore")
    String name;
    @Label("By")
    @Description("The thread that did it; for REPAIR its id in the kernel")
    String by;
    @Label("Begin")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    long begin;
    @Label("Took")
    @Timespan(Timespan.NANOSECONDS)
    long took;
    @Label("Failure")
    @Description("Why it failed; empty if it did not")
    String failure;

    /** Records {@code done}, if a recording has this event. */
    final void record(DeviceStep done) {
        if (shouldCommit()) {
            step = done.kind().name();
            bus = done.bus();
            name = done.name();
            by = done.thread();
            begin = Clock.wallMillis(done.beginNanos());
            took = done.nanos();
            failure = done.failure().orElse("");
            commit();
        }
    }
}
