// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.virtio_user;

import io.hotbus.bus.vdev.VdevBus;
import io.hotbus.eal.bus.DeviceException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Where all devices meet their back ends, also devices that were lost: while such a device is away,
 * its back end is looked for, and the bus is told when it is there. Control threads.
 *
 * <p>A device is lost when it counts as removed and had a back end.
 */
final class Meetings {
    private final Platform platform;
    private final Supplier<VdevBus> bus;
    /** The devices that are attached. */
    private final Map<String, Endpoint> attached = new HashMap<>();
    private final Map<String, Meeting> lost = new HashMap<>();

    Meetings(Platform platform, Supplier<VdevBus> bus) {
        this.platform = platform;
        this.bus = bus;
    }

    Platform platform() {
        return platform;
    }

    /**
     * The meeting of a device that is attached now: that where it was lost, if it is the same.
     *
     * @throws DeviceException the path cannot be listened on
     */
    Meeting open(String device, VirtioUserArgs args) throws DeviceException {
        Meeting known;
        synchronized (this) {
            known = lost.remove(device);
        }
        if (known != null && known.isOf(args)) {
            return known;
        }
        if (known != null) {
            known.close();
        }
        return new Meeting(this, device, args);
    }

    /** Notes a device that is attached. */
    synchronized void add(Endpoint endpoint) {
        attached.put(endpoint.name(), endpoint);
    }

    /** Whether a further back end of a device would be of use. Under the monitor. */
    boolean isFree(String device) {
        Endpoint endpoint = attached.get(device);
        return endpoint == null || !endpoint.isBusy();
    }

    /** Ends the meeting of a device, which is stopped. If the device is lost, keeps it. */
    void close(Endpoint endpoint, Meeting meeting) {
        synchronized (this) {
            attached.remove(endpoint.name());
            if (endpoint.isLost()) {
                await(meeting);
                return;
            }
        }
        meeting.close();
    }

    /** Waits for the back end of a lost device. Under the monitor. */
    private void await(Meeting meeting) {
        String device = meeting.device();
        Runnable plugged = () ->
                platform.control().execute(this, () -> bus.get().plugged(device));
        meeting.expect(() -> true, plugged);
        lost.put(device, meeting);
        if (meeting.isThere()) {
            plugged.run();
        }
    }

    /**
     * Waits for the back end of a device that was lost under another driver.
     *
     * @throws DeviceException the path cannot be listened on
     */
    void awaitBackEnd(String device, VirtioUserArgs args) throws DeviceException {
        Meeting meeting = open(device, args);
        synchronized (this) {
            await(meeting);
        }
    }

    /** Forgets all lost devices. */
    void closeAll() {
        List<Meeting> all;
        synchronized (this) {
            all = new ArrayList<>(lost.values());
            lost.clear();
        }
        all.forEach(Meeting::close);
    }
}
