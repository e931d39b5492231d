// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Arguments;
import io.hotbus.app.ServiceOptions;
import io.hotbus.app.UsageException;
import io.hotbus.cli.Similar;
import io.hotbus.eal.bus.Bus;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.SettingsCheck;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.internal.fwd.ForwardingCpus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks all files of a folder against what this process has: drivers, engines, CPUs, settings.
 * Attaches nothing. The files are read as a deployment reads them.
 */
final class DeploymentCheck {
    private static final String OURS = "io.hotbus.";

    private final DeviceManager devices;
    private final List<Integer> cpus;
    private final Collection<String> engines;
    private final Map<String, SettingsCheck> settings;
    private final List<Problem> problems = new ArrayList<>();

    /**
     * @param cpus     those this process may run on
     * @param engines  the names of the forwarding engines
     * @param settings by PID
     */
    DeploymentCheck(DeviceManager devices, List<Integer> cpus, Collection<String> engines,
            Map<String, SettingsCheck> settings) {
        this.devices = devices;
        this.cpus = cpus;
        this.engines = engines;
        this.settings = settings;
    }

    /** What is wrong, by file and line. */
    List<Problem> check(List<ConfiguredFile> files) throws UsageException {
        Deployment deployment = Deployment.read(
                files, Arguments.of(List.of()), this::nameOnBus);
        problems.addAll(deployment.problems());
        files.forEach(this::checkFile);
        for (ConfiguredFile file : files) {
            if (file.pid().equals(ForwardingFile.PID) && file.flaw().isEmpty()) {
                checkForwarding(file, deployment.options(), deployment);
            }
            deployment.read().stream().filter(spec -> spec.file().equals(file.label()))
                    .forEach(spec -> checkDevice(file, spec.devargs(), spec.devargs()));
        }
        return problems.stream().distinct().sorted(Comparator.comparing(Problem::file)
                .thenComparing(Problem::line)).toList();
    }

    private String nameOnBus(Devargs devargs) {
        return bus(devargs).map(bus -> bus.nameOf(devargs)).orElse(devargs.name());
    }

    private Optional<Bus> bus(Devargs devargs) {
        return devices.buses().stream().filter(bus -> bus.claims(devargs)).findFirst();
    }

    private void checkFile(ConfiguredFile file) {
        if (file.label().contains("~")) {
            problems.add(file.warning("", "'~' in the name of a file: hotbus takes it, but"
                    + " FileInstall alone, as in Karaf, makes no configuration of a factory of it;"
                    + " use '-'"));
        }
        if (!file.pid().startsWith(OURS) || file.pid().equals(DeviceFile.PID)
                || file.pid().equals(ForwardingFile.PID)
                || file.pid().equals(ServiceOptions.PID)) {
            return;
        }
        SettingsCheck check = settings.get(file.pid());
        if (check == null) {
            problems.add(file.error("", noPid(file.pid())));
            return;
        }
        try {
            check.check(file.properties());
        } catch (SettingException e) {
            problems.add(file.flaw().orElseGet(
                    () -> file.error(e.key().orElse(""), e.flaw())));
        }
    }

    private String noPid(String pid) {
        Set<String> all = new TreeSet<>(settings.keySet());
        all.add(DeviceFile.PID + "-NAME");
        all.add(ForwardingFile.PID);
        all.add(ServiceOptions.PID);
        List<String> similar = Similar.closest(pid, all);
        return "no bundle has settings of the name %s (%s)".formatted(pid, similar.isEmpty()
                ? "there are: " + String.join(", ", all)
                : "did you mean " + String.join(" or ", similar) + "?");
    }

    private void checkForwarding(ConfiguredFile file, Options options, Deployment deployment) {
        if (!engines.contains(options.forwardMode())) {
            problems.add(deployment.error("--forward-mode %s: there is no such engine (there are:"
                    .formatted(options.forwardMode())
                    + " %s)".formatted(String.join(", ", new TreeSet<>(engines)))));
        }
        try {
            ForwardingCpus.of(options.forwarding(), cpus);
        } catch (DeviceException e) {
            problems.add(deployment.error(e.getMessage()));
        }
        Set<Integer> numbers = numbers(deployment.read());
        Set<Integer> named = new TreeSet<>(options.forwarding().ports());
        named.addAll(options.forwarding().peers().keySet());
        named.removeAll(numbers);
        if (!named.isEmpty()) {
            String key = Stream.of("portlist", "portmask", "nb-ports", "eth-peer")
                    .filter(deployment.forwarding()::containsKey).findFirst().orElse("");
            problems.add(file.warning(key, "%s: no file describes port %s (they describe: %s)"
                    .formatted(key, words(named), numbers.isEmpty() ? "none" : words(numbers))));
        }
    }

    private static String words(Set<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** The numbers that the ports get. */
    private static Set<Integer> numbers(List<DeviceSpec> specs) {
        Set<Integer> numbers = new TreeSet<>();
        specs.forEach(spec -> spec.number().ifPresent(numbers::add));
        for (DeviceSpec spec : specs) {
            if (spec.number().isEmpty()
                    && specs.stream().noneMatch(other -> DeviceOrder.isOn(other, spec))) {
                int id = 0;
                while (!numbers.add(id)) {
                    id++;
                }
            }
        }
        return numbers;
    }

    /** Checks a device, and those in its devargs. */
    private void checkDevice(ConfiguredFile file, Devargs device, Devargs whole) {
        Optional<String> missing = bus(device).map(bus -> bus.lacks(device)).orElse(
                Optional.of("%s: no bus knows such a device (there are: %s)".formatted(
                        device.name(), devices.buses().stream().map(Bus::name)
                                .collect(Collectors.joining(", ")))));
        missing.ifPresent(what -> problems.add(
                file.error("devargs", "devargs=%s: %s".formatted(whole, what))));
        Stream.concat(device.args().keySet().stream().flatMap(key -> device.all(key).stream())
                .filter(value -> value.startsWith("(") && value.endsWith(")"))
                .map(value -> value.substring(1, value.length() - 1)),
                device.all("member").stream()).forEach(text -> checkNested(file, text, whole));
    }

    /** What no bus claims is no device: a command, a number, an address. */
    private void checkNested(ConfiguredFile file, String text, Devargs whole) {
        try {
            Devargs nested = Devargs.parse(text);
            if (bus(nested).isPresent()) {
                checkDevice(file, nested, whole);
            }
        } catch (DeviceException e) {
            return; // no devargs
        }
    }
}
