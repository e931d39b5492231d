// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.io.Mmio;
import io.hotbus.eal.io.MmioMapper;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One device in the hands of its driver: each step of the probe says here how it is undone.
 *
 * <p>Control threads, under the lock of the device, as probe and remove are.
 */
public final class Attachment {
    private final Device device;
    private final Deque<Runnable> steps = new ArrayDeque<>();

    Attachment(Device device) {
        this.device = device;
    }

    /**
     * Runs {@code step} when the driver lets go of the device, or when the rest of the probe fails.
     * The last step given runs first.
     */
    public void onRemove(Runnable step) {
        steps.push(step);
    }

    /**
     * Maps a window on the memory of the device; it is released on removal.
     *
     * @throws DeviceException naming the device, the window and the errno
     */
    public Mmio map(MmioMapper mapper, MmioMapper.Source source) throws DeviceException {
        try {
            Mmio window = mapper.map(device.windows(), source);
            onRemove(() -> mapper.release(device.windows(), window));
            return window;
        } catch (IOException e) {
            throw new DeviceException("%s: cannot map %s: %s"
                    .formatted(device, source.name(), e.getMessage()), e);
        }
    }

    /** Runs every step, though one fails; throws the first failure, with the others suppressed. */
    void undo() {
        RuntimeException failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
