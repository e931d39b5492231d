// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.DeviceStep;
import io.hotbus.eal.hotplug.DeviceStepListener;
import jdk.jfr.FlightRecorder;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * Records faults, removals and steps while a recording runs that has them. The classes of the
 * events are loaded when they are needed first, so that they cost nothing where the recorder is not
 * in use. On {@code control}.
 */
@Component(service = {DeviceEventListener.class, DeviceStepListener.class})
public final class Recorder implements DeviceEventListener, DeviceStepListener {
    /** Records from now on. */
    @Activate
    public Recorder() {
        // nothing to begin with
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        if (FlightRecorder.isInitialized()) {
            Events.record(event);
        }
    }

    @Override
    public void onDeviceStep(DeviceStep step) {
        if (FlightRecorder.isInitialized()) {
            Events.record(step);
        }
    }
}
