// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binds a function to a kernel driver, by {@code driver_override}, {@code unbind} and {@code bind}
 * as driverctl does. Control threads; one call at a time for a function.
 */
public final class DriverBinding {
    private static final Logger LOG = LoggerFactory.getLogger(DriverBinding.class);
    /** Written as override: the kernel has no driver of that name. driverctl does the same. */
    private static final String NO_DRIVER = "none";
    private static final String CLEAR = "\n";
    private static final String NOT_SET = "(null)";
    /** ENODEV: the kernel has the function, but may not give it to a driver yet. */
    private static final String NOT_YET = "No such device";
    private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final SysfsPci sysfs;
    private final PatientFiles files;
    private final Supplier<Duration> arrival;

    /** {@code arrival}: how long a function may take until it can be bound. */
    public DriverBinding(SysfsPci sysfs, PatientFiles files, Supplier<Duration> arrival) {
        this.sysfs = sysfs;
        this.files = files;
        this.arrival = arrival;
    }

    /**
     * See {@code PciBus.bind}. If this method throws, the function is back with its former driver,
     * if that driver takes it.
     *
     * @param justArrived whether the kernel reported the function so recently that it may not be
     *     ready
     */
    public void bind(PciAddress address, KernelDriver driver, BooleanSupplier justArrived)
            throws DeviceException {
        requireThere(address);
        boolean any = driver != KernelDriver.NONE;
        if (any && has(address, driver.text())) {
            return;
        }
        if (any && !Files.isDirectory(sysfs.driverDirectory(driver.text()))) {
            throw new DeviceException("%s: kernel driver %s is not loaded: %s"
                    .formatted(address, driver.text(), cureNotLoaded(driver)));
        }
        requireInterfacesDown(address);
        Path override = sysfs.directory(address).resolve("driver_override");
        try {
            String before = files.read(address, override);
            files.write(address, override, any ? driver.text() : NO_DRIVER);
            try {
                if (any) {
                    take(address, driver, justArrived);
                } else {
                    takeAwayUnless(address, NO_DRIVER);
                }
            } catch (PatientFiles.BusyException e) {
                throw e;
            } catch (IOException | DeviceException e) {
                giveBack(address, override, before);
                throw e;
            }
        } catch (IOException e) {
            throw failure(address, e);
        }
        LOG.info("{}: bound to {}", address, driver.text());
    }

    /** See {@code PciBus.unbind}. */
    public void unbind(PciAddress address) throws DeviceException {
        requireThere(address);
        try {
            files.write(address, sysfs.directory(address).resolve("driver_override"), CLEAR);
            Optional<String> driver = sysfs.driver(address);
            if (driver.flatMap(KernelDriver::of).isPresent()) {
                takeAway(address, driver.get());
            }
            if (sysfs.driver(address).isEmpty()) {
                probe(address);
            }
        } catch (IOException e) {
            throw failure(address, e);
        }
        LOG.info("{}: given back to the kernel, driver {}", address,
                sysfs.driver(address).orElse(NO_DRIVER));
    }

    private void requireThere(PciAddress address) throws DeviceException {
        if (sysfs.inode(address).isEmpty()) {
            throw new DeviceException(address + ": is not there");
        }
    }

    private void requireInterfacesDown(PciAddress address) throws DeviceException {
        List<String> up = HostInterfaces.up(sysfs.directory(address));
        if (!up.isEmpty()) {
            String name = up.get(0);
            throw new DeviceException(("%s: is the host's network interface %s, which is up; if it "
                    + "can be spared: ip link set %s down").formatted(address, name, name));
        }
    }

    private boolean has(PciAddress address, String driver) {
        return sysfs.driver(address).filter(driver::equals).isPresent();
    }

    /**
     * Binds the function. The kernel itself binds a function that has just arrived to the driver in
     * the override, so this method then only checks the result.
     */
    private void take(PciAddress address, KernelDriver driver, BooleanSupplier justArrived)
            throws IOException, DeviceException {
        Patience patience = new Patience(arrival.get());
        long retry = FIRST_RETRY_NANOS;
        long due = System.nanoTime();
        IOException refusal = null;
        while (true) {
            takeAwayUnless(address, driver.text());
            if (!has(address, driver.text()) && System.nanoTime() - due >= 0) {
                refusal = tryToBind(address, driver);
                due = System.nanoTime() + retry;
                retry *= 2;
            }
            if (has(address, driver.text())) {
                return;
            }
            if (sysfs.inode(address).isEmpty()) {
                throw new DeviceException(address + ": went away while it was being bound");
            }
            boolean notYet = justArrived.getAsBoolean() || refusal == null || isNotYet(refusal);
            if (!notYet || !patience.pause()) {
                throw new DeviceException("%s: %s did not take it: %s (%s)".formatted(address,
                        driver.text(), refusal == null ? "for no reason given" : reason(refusal),
                        cureRefused(driver)), refusal);
            }
        }
    }

    private static boolean isNotYet(IOException refusal) {
        return String.valueOf(refusal.getMessage()).contains(NOT_YET);
    }

    private IOException tryToBind(PciAddress address, KernelDriver driver)
            throws DeviceException {
        try {
            files.write(address, sysfs.driverDirectory(driver.text()).resolve("bind"),
                    address.toString());
            return null;
        } catch (IOException e) {
            LOG.debug("{}: not bound to {}: {}", address, driver.text(), e.getMessage());
            return e;
        }
    }

    /**
     * Unbinds the function from its driver, unless that is {@code wanted}. The driver is read only
     * once: the kernel may bind the wanted driver at any time, which must not be unbound again.
     */
    private void takeAwayUnless(PciAddress address, String wanted)
            throws IOException, DeviceException {
        Optional<String> driver = sysfs.driver(address);
        if (driver.isPresent() && !driver.get().equals(wanted)) {
            takeAway(address, driver.get());
        }
    }

    private void takeAway(PciAddress address, String driver) throws IOException, DeviceException {
        try {
            files.write(address, sysfs.driverDirectory(driver).resolve("unbind"),
                    address.toString());
        } catch (IOException e) {
            // Another program has unbound it first, which is as good.
            if (has(address, driver)) {
                throw e;
            }
        }
        Patience patience = new Patience(arrival.get());
        while (has(address, driver)) {
            if (!patience.pause()) {
                throw new DeviceException("%s: %s does not let go of it (dmesg says more)"
                        .formatted(address, driver));
            }
        }
    }

    private void probe(PciAddress address) throws IOException, DeviceException {
        files.write(address, sysfs.driverDirectory("..").normalize().resolve("drivers_probe"),
                address.toString());
    }

    private void giveBack(PciAddress address, Path override, String before) {
        if (sysfs.inode(address).isEmpty()) {
            return;
        }
        try {
            files.write(address, override, before.isEmpty() || before.equals(NOT_SET)
                    ? CLEAR : before);
            if (sysfs.driver(address).isEmpty()) {
                probe(address);
            }
        } catch (IOException | DeviceException e) {
            LOG.warn("{}: could not be given back to the driver it had: {}", address,
                    e.getMessage());
        }
    }

    private DeviceException failure(PciAddress address, IOException e) {
        if (sysfs.inode(address).isEmpty()) {
            return new DeviceException(address + ": went away while it was being bound", e);
        }
        String cure = e instanceof AccessDeniedException ? " (run as root)" : "";
        return new DeviceException("%s: its kernel driver cannot be changed: %s%s"
                .formatted(address, reason(e), cure), e);
    }

    /**
     * The reason of the failure, with the file; some exceptions contain only the file.
     */
    private static String reason(IOException e) {
        if (e instanceof NoSuchFileException || e instanceof AccessDeniedException) {
            return ((FileSystemException) e).getFile() + ": "
                    + (e instanceof NoSuchFileException ? "not there" : "permission denied");
        }
        return e.getMessage();
    }

    private static String cureNotLoaded(KernelDriver driver) {
        return driver == KernelDriver.IGB_UIO
                ? "build and load kmod/igb_uio (see kmod/README.md)"
                : "modprobe " + driver.text();
    }

    private static String cureRefused(KernelDriver driver) {
        return switch (driver) {
            case IGB_UIO -> "dmesg says more; under lockdown, as with Secure Boot, use vfio-pci";
            case VFIO_PCI -> "dmesg says more; is there an IOMMU, and is it on?";
            case UIO_PCI_GENERIC, NONE -> "dmesg says more";
        };
    }
}
