// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.RemovalCause;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timestamp;

/** A device was removed. */
@Name("hotbus.Removal")
@Label("Removal")
@Description("A device was removed")
@Category("hotbus")
@Enabled(false)
@StackTrace(false)
final class RemovalEvent extends Event {
    @Label("Bus")
    String bus;
    @Label("Device")
    String device;
    @Label("Cause")
    @Description("The detector that noticed first")
    String cause;
    @Label("Attached")
    boolean attached;
    @Label("Noticed")
    @Timestamp(Timestamp.MILLISECONDS_SINCE_EPOCH)
    long noticed;

    /** Records {@code removed}, if a recording has this event. */
    void record(DeviceEvent removed) {
        if (shouldCommit()) {
            bus = removed.bus();
            device = removed.name();
            cause = removed.cause().map(RemovalCause::name).orElse("");
            attached = removed.device().isPresent();
            noticed = Clock.wallMillis(removed.timeNanos());
            commit();
        }
    }
}
