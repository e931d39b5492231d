// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciBus;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.eal.bus.DeviceException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code pci} of the shell: what there is, and which kernel driver has it. */
@Component(service = PciCommand.class,
        property = {"osgi.command.scope=hotbus", "osgi.command.function=pci"})
public final class PciCommand {
    private static final String USAGE = "usage: pci list | pci bind ADDRESS igb_uio|uio_pci_generic"
            + "|vfio-pci|none | pci unbind ADDRESS";
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private final PciBus bus;

    @Activate
    public PciCommand(@Reference PciBus bus) {
        this.bus = bus;
    }

    /** What the shell calls. */
    public void pci(String... words) throws DeviceException {
        System.out.println(run(words));
    }

    private String run(String... words) throws DeviceException {
        String verb = words.length == 0 ? "" : words[0];
        if (verb.equals("list") && words.length == 1) {
            return bus.functions().stream().map(PciCommand::line)
                    .collect(Collectors.joining("\n"));
        }
        if (verb.equals("bind") && words.length == 3) {
            bus.bind(address(words[1]), driver(words[2]));
            return words[1] + " is bound to " + words[2];
        }
        if (verb.equals("unbind") && words.length == 2) {
            bus.unbind(address(words[1]));
            return words[1] + " is given back to the kernel";
        }
        throw new DeviceException(USAGE);
    }

    private static PciAddress address(String text) throws DeviceException {
        return PciAddress.parse(text).orElseThrow(() -> new DeviceException(
                "'" + text + "' is not a PCI address (e.g. 0000:03:00.0)"));
    }

    private static KernelDriver driver(String text) throws DeviceException {
        return KernelDriver.of(text).orElseThrow(() -> new DeviceException("'" + text
                + "' is not one of " + Stream.of(KernelDriver.values()).map(KernelDriver::text)
                        .collect(Collectors.joining(", "))));
    }

    private static String line(PciFunction function) {
        return "%s  %s  class %06x  %-16s %s".formatted(function.address(), function.id(),
                function.id().classCode(), function.kernelDriver().orElse("-"),
                function.bars().stream().map(PciCommand::text).collect(Collectors.joining(", ")))
                .stripTrailing();
    }

    private static String text(Bar bar) {
        long length = bar.length();
        String size = length >= MIB ? length / MIB + " MiB"
                : length >= KIB ? length / KIB + " KiB" : length + " bytes";
        return "BAR%s %s %s".formatted(bar.index(), size, bar.memory() ? "memory" : "ports");
    }
}
