// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciBus;
import io.hotbus.bus.pci.PciDriver;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.checkup.Checkup;
import io.hotbus.eal.checkup.Finding;
import io.hotbus.eal.checkup.Finding.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** Checks the ways to hand out functions, and single functions. */
@Component(service = Checkup.class)
public final class PciCheckup implements Checkup {
    /** A removal costs least with the first, and most with the last. */
    private static final List<KernelDriver> BEST_FIRST = List.of(KernelDriver.IGB_UIO,
            KernelDriver.VFIO_PCI, KernelDriver.UIO_PCI_GENERIC, KernelDriver.NONE);

    private static final Set<String> NO_IRQ = Set.of("", "0");

    private final PciBus bus;
    private final KernelFacts kernel;
    private final BindingCheck bindings;
    private final List<PciDriver> drivers = new CopyOnWriteArrayList<>();

    /** Checks this machine. */
    @Activate
    public PciCheckup(@Reference PciBus bus) {
        this(bus, Path.of("/"), System.getProperty("os.version"));
    }

    PciCheckup(PciBus bus, Path root, String release) {
        this.bus = bus;
        this.kernel = new KernelFacts(root, release);
        this.bindings = new BindingCheck(kernel);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDriver(PciDriver driver) {
        drivers.add(driver);
    }

    void removeDriver(PciDriver driver) {
        drivers.remove(driver);
    }

    @Override
    public List<Finding> machine() {
        return BEST_FIRST.stream().map(bindings::of).toList();
    }

    @Override
    public List<Finding> device(String name) {
        PciAddress address = PciAddress.parse(name).orElse(null);
        if (address == null) {
            return List.of();
        }
        try {
            return bus.functions().stream().filter(f -> f.address().equals(address)).findFirst()
                    .map(this::findings).orElseGet(() -> List.of(Finding.bad("device",
                            "there is no PCI function " + address,
                            "launcher/hotbus run --exec 'pci list' shows all")));
        } catch (DeviceException e) {
            return List.of(Finding.bad("device", e.getMessage(), "mount sysfs on /sys"));
        }
    }

    private List<Finding> findings(PciFunction function) {
        List<Finding> findings = new ArrayList<>();
        findings.add(driver(function));
        findings.add(kernelDriver(function));
        if (function.bars().isEmpty()) {
            findings.add(Finding.bad("BARs", "none has an address",
                    "echo 1 >/sys/bus/pci/rescan; look at dmesg"));
        }
        findings.addAll(new HostUses(kernel).of(function.address()));
        findings.add(binding(function));
        return findings;
    }

    private Finding driver(PciFunction function) {
        return drivers.stream().filter(driver -> driver.ids().stream()
                .anyMatch(id -> id.matches(function.id()))).map(PciDriver::name).findFirst()
                .map(name -> Finding.ok("driver", name + " drives " + function.id()))
                .orElseGet(() -> Finding.bad("driver", "none of the drivers here is for "
                        + function.id(), "deploy the bundle of one that is"));
    }

    private static Finding kernelDriver(PciFunction function) {
        Optional<String> bound = function.kernelDriver();
        return bound.isEmpty() ? Finding.ok("kernel driver", "none has it")
                : bound.flatMap(KernelDriver::of).isPresent()
                ? Finding.ok("kernel driver", bound.get() + " hands it out")
                : Finding.warning("kernel driver", "the kernel's " + bound.get() + " drives it",
                        "bind= takes it over when the device is attached");
    }

    /** The best of the bindings that work for the function. */
    private Finding binding(PciFunction function) {
        for (KernelDriver driver : BEST_FIRST) {
            if (bindings.of(driver).level() == Level.OK && suits(driver, function)) {
                return Finding.ok("attach", "-a %s,bind=%s".formatted(
                        function.address(), driver.text()));
            }
        }
        return Finding.bad("attach", "no bind= works on this machine", "see bind= above");
    }

    /** uio_pci_generic needs INTx, which a virtual function has not. */
    private boolean suits(KernelDriver driver, PciFunction function) {
        Path folder = Path.of("sys/bus/pci/devices").resolve(function.address().toString());
        return switch (driver) {
            case UIO_PCI_GENERIC -> function.physical().isEmpty()
                    && !NO_IRQ.contains(kernel.read(folder.resolve("irq").toString()).strip());
            case VFIO_PCI -> !kernel.hasIommu()
                    || Files.exists(
                            kernel.root().resolve(folder).resolve("iommu_group"));
            default -> true;
        };
    }
}
