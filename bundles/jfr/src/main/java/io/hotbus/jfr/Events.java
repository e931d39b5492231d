// SPDX-License-Identifier: Apache-2.0
package io.hotbus.jfr;

import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceStep;

/** Chooses the event; a class of its own, as the JVM loads all events to verify it. */
final class Events {
    private Events() {
    }

    static void record(DeviceEvent event) {
        if (event.kind() == DeviceEvent.Kind.REMOVE) {
            new RemovalEvent().record(event);
        }
        event.fault().ifPresent(fault -> new FaultEvent().record(event, fault));
    }

    static void record(DeviceStep step) {
        final StepEvent event = switch (step.kind()) {
            case ATTACH -> new AttachEvent();
            case PROBE -> new ProbeEvent();
            case BUNDLE_START, BUNDLE_UPDATE, BUNDLE_STOP -> new BundleEvent();
            case LCORE_STALL -> new LcoreStallEvent();
            default -> new OtherStepEvent();
        };
        event.record(step);
    }
}
