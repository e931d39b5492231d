// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.checkup;

import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.eal.checkup.Finding;

/** Tells which of the kernel's drivers can hand out functions on this machine. */
record BindingCheck(KernelFacts kernel) {
    private static final String HUGEPAGES = "sysctl vm.nr_hugepages=128";

    Finding of(KernelDriver driver) {
        return switch (driver) {
            case IGB_UIO -> physical(driver,
                    "the next access after a removal is a SIGBUS, which is repaired");
            case UIO_PCI_GENERIC, NONE -> physical(driver, kernel.sysfsMappingFaults()
                    ? "the next access after a removal is a SIGBUS, which is repaired"
                    : "a removal raises no SIGBUS: its first sign is an event or a register");
            case VFIO_PCI -> vfio();
        };
    }

    private static String subject(KernelDriver driver) {
        return "bind=" + driver.text();
    }

    private Finding vfio() {
        String subject = subject(KernelDriver.VFIO_PCI);
        boolean iommu = kernel.hasIommu();
        if (!iommu && !kernel.unsafeNoIommu()) {
            return Finding.warning(subject, "there is no IOMMU, or the kernel does not use it",
                    "turn it on in the firmware (VT-d, AMD-Vi) and boot with intel_iommu=on; or, "
                            + "unsafe: modprobe vfio enable_unsafe_noiommu_mode=1");
        }
        Finding module = module(KernelDriver.VFIO_PCI, "install the kernel's own modules");
        if (module != null) {
            return module;
        }
        return iommu ? Finding.ok(subject, "works; the kernel asks for the device before it takes "
                + "it away")
                : Finding.warning(subject, "works, but the device can write to any memory: there "
                        + "is no IOMMU", "use igb_uio, which needs none, or turn on an IOMMU");
    }

    /** Bindings that give devices physical addresses, and BARs through files. */
    private Finding physical(KernelDriver driver, String removal) {
        String lockdown = kernel.lockdown().orElse(null);
        if (lockdown != null) {
            return Finding.warning(subject(driver), "cannot work under lockdown (" + lockdown
                    + "): user space may map no BAR", "bind=vfio-pci works; lockdown comes with "
                            + "Secure Boot");
        }
        Finding module = driver == KernelDriver.NONE ? null : module(driver,
                driver == KernelDriver.IGB_UIO ? "build it: kmod/README.md"
                        : "install the kernel's own modules");
        if (module != null) {
            return module;
        }
        return kernel.hasHugepages() ? Finding.ok(subject(driver), "works; " + removal)
                : Finding.warning(subject(driver), "needs hugepages, and none is free", HUGEPAGES);
    }

    /** What is wrong with the module of a driver; null if it is loaded. */
    private Finding module(KernelDriver driver, String install) {
        return switch (kernel.module(driver.text())) {
            case LOADED -> null;
            case INSTALLED -> Finding.warning(subject(driver), "the module is not loaded",
                    "modprobe " + driver.text() + (kernel.signedModulesOnly()
                            ? " (it needs a signature that the kernel trusts)" : ""));
            case MISSING -> Finding.warning(subject(driver),
                    "there is no module " + driver.text() + " for Linux " + kernel.release(),
                    install);
        };
    }
}
