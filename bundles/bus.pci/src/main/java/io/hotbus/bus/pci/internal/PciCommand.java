// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal;

import io.hotbus.bus.pci.Bar;
import io.hotbus.bus.pci.KernelDriver;
import io.hotbus.bus.pci.PciAddress;
import io.hotbus.bus.pci.PciBus;
import io.hotbus.bus.pci.PciFunction;
import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.config.WholeNumber;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The shell command {@code pci}: lists functions and binds them to kernel drivers. */
@Component(service = Verbs.class)
public final class PciCommand implements Verbs {
    private static final int MAX_VIRTUAL_FUNCTIONS = 65535;
    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private record Listed(String address, String id, int classCode, Optional<String> kernelDriver,
            List<Bar> bars) {
        static Listed of(PciFunction function) {
            return new Listed(function.address().toString(), function.id().toString(),
                    function.id().classCode(), function.kernelDriver(), function.bars());
        }

        String text() {
            return "%s  %s  class %06x  %-16s %s".formatted(address, id, classCode,
                    kernelDriver.orElse("-"), bars.stream().map(PciCommand::text)
                            .collect(Collectors.joining(", "))).stripTrailing();
        }
    }

    private final PciBus bus;

    @Activate
    public PciCommand(@Reference PciBus bus) {
        this.bus = bus;
    }

    @Override
    public List<Verb<?>> verbs() {
        String drivers = Stream.of(KernelDriver.values()).map(KernelDriver::text)
                .collect(Collectors.joining("|"));
        return List.of(
                Verb.of("pci list", "functions, with their kernel drivers and BARs",
                        words -> bus.functions().stream().map(Listed::of).toList(),
                        functions -> functions.stream().map(Listed::text)
                                .collect(Collectors.joining("\n"))),
                Verb.of("pci bind ADDRESS " + drivers, "bind to that kernel driver",
                        words -> bind(words.get(0), words.get(1))).with("ADDRESS", this::addresses),
                Verb.of("pci sriov ADDRESS COUNT", "make it have that many virtual functions",
                        words -> virtualFunctions(words.get(0), words.get(1)))
                        .with("ADDRESS", this::addresses),
                Verb.of("pci unbind ADDRESS", "give back to the kernel",
                        words -> unbind(words.get(0))).with("ADDRESS", this::addresses));
    }

    /**
     * The addresses of all functions; empty if sysfs cannot be read ({@code pci list} says why).
     */
    private List<String> addresses() {
        try {
            return bus.functions().stream().map(f -> f.address().toString()).toList();
        } catch (DeviceException e) {
            return List.of();
        }
    }

    private String bind(String address, String driver) throws DeviceException {
        bus.bind(address(address), KernelDriver.of(driver).orElseThrow());
        return address + " is bound to " + driver;
    }

    private String unbind(String address) throws DeviceException {
        bus.unbind(address(address));
        return address + " is given back to the kernel";
    }

    private String virtualFunctions(String address, String count) throws DeviceException {
        int wanted = WholeNumber.decode(count, 0, MAX_VIRTUAL_FUNCTIONS).orElseThrow(
                () -> new DeviceException("'%s' is not a number of virtual functions (0 to %s)"
                        .formatted(count, MAX_VIRTUAL_FUNCTIONS)));
        bus.setVirtualFunctions(address(address), wanted);
        return "%s has %s virtual functions".formatted(address, wanted);
    }

    private static PciAddress address(String text) throws DeviceException {
        return PciAddress.parse(text).orElseThrow(() -> new DeviceException(
                "'" + text + "' is not a PCI address (e.g. 0000:03:00.0)"));
    }

    private static String text(Bar bar) {
        long length = bar.length();
        String size = length >= MIB ? length / MIB + " MiB"
                : length >= KIB ? length / KIB + " KiB" : length + " bytes";
        return "BAR%s %s %s".formatted(bar.index(), size, bar.memory() ? "memory" : "ports");
    }
}
