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
 * Records how to undo each step of the probe of one device.
 *
 * <p>Control threads, under the lock of the device, like probe and remove.
 */
public final class Attachment {
    private final Device device;
    private final Deque<Runnable> steps = new ArrayDeque<>();

    Attachment(Device device) {
        this.device = device;
    }

    /**
     * Adds a step that runs when the driver releases the device, or when the rest of the probe
     * fails. The step that was added last runs first.
     */
    public void onRemove(Runnable step) {
        steps.push(step);
    }

    /**
     * Maps a window on the memory of the device, and releases the window on removal.
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

    /** Runs all steps, even if some fail; throws the first failure with the others suppressed. */
    void undo() {
        Throwable failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (RuntimeException | Error e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
