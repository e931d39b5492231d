// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The devices that a driver has probed and not yet released.
 *
 * <p>Control threads. The bus makes one call at a time for a device.
 *
 * @param <D> the devices of its bus
 */
public final class Attachments<D extends Device> {
    /** What a driver does to make a device work. */
    @ConsumerType
    @FunctionalInterface
    public interface Probe {
        /**
         * Makes the device work, and tells {@code attachment} how to undo each step.
         *
         * @throws DeviceException the device cannot be used; the steps so far are undone
         */
        void run(Attachment attachment) throws DeviceException;
    }

    private final Map<D, Attachment> attached = new ConcurrentHashMap<>();

    /**
     * Probes {@code device}. If the probe fails, this method undoes its steps before it throws.
     *
     * @throws DeviceException as {@code probe} does
     */
    public void probe(D device, Probe probe) throws DeviceException {
        Attachment attachment = new Attachment(device);
        try {
            probe.run(attachment);
        } catch (Throwable e) { // an Error as well: a bundle may lack a class
            undo(attachment, e);
            throw e;
        }
        attached.put(device, attachment);
    }

    private static void undo(Attachment attachment, Throwable cause) {
        try {
            attachment.undo();
        } catch (RuntimeException | Error e) {
            cause.addSuppressed(e);
        }
    }

    /** Releases {@code device}: undoes the steps of its probe in reverse order. Idempotent. */
    public void remove(D device) {
        Attachment attachment = attached.remove(device);
        if (attachment != null) {
            attachment.undo();
        }
    }

    /** Releases all devices. A driver calls this when it is deactivated. */
    public void removeAll() {
        attached.keySet().forEach(this::remove);
    }
}
