// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Reads and writes the sysfs files for which the kernel takes the lock of the device. The kernel
 * holds that lock while it removes a device. So each call runs on a separate thread, which is
 * abandoned if it does not return in time. Any thread.
 */
public final class PatientFiles {
    /** The kernel did not return in time. */
    static final class BusyException extends DeviceException {
        private static final long serialVersionUID = 1L;

        BusyException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private final Supplier<Duration> limit;

    /** {@code limit}: the time limit of each call. */
    public PatientFiles(Supplier<Duration> limit) {
        this.limit = limit;
    }

    /** Returns the contents of {@code file} of {@code address}, without the line end. */
    public String read(PciAddress address, Path file) throws IOException, DeviceException {
        return call(address, "reading " + file, () -> Files.readString(file).strip());
    }

    /** Writes {@code text} in one call. */
    public void write(PciAddress address, Path file, String text)
            throws IOException, DeviceException {
        call(address, "writing to " + file, () -> {
            try (OutputStream out = Files.newOutputStream(
                    file, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                out.write(text.getBytes(StandardCharsets.US_ASCII));
            }
            return text;
        });
    }

    private String call(PciAddress address, String what, Callable<String> call)
            throws IOException, DeviceException {
        long millis = limit.get().toMillis();
        FutureTask<String> task = new FutureTask<>(call);
        Thread thread = new Thread(task, "pci-sysfs-" + address);
        thread.setDaemon(true);
        thread.start();
        try {
            return task.get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new BusyException(("%s: %s has not returned within %s ms: the kernel is busy "
                    + "with the device, most likely removing it; try again later")
                    .formatted(address, what, millis), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeviceException(address + ": interrupted while " + what, e);
        }
    }
}
