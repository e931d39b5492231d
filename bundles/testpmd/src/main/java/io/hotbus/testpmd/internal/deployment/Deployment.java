// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Arguments;
import io.hotbus.app.ServiceOptions;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.QueueSetup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the files of a deployment say, together with the command line.
 *
 * @param file    the file of forwarding
 * @param options the options of the command line and of that file, but for those that are wrong
 * @param good    whether that file is right
 * @param devices the devices of the files that are right
 * @param read    those of all files that can be read
 * @param problems what is wrong, in the order of files
 */
record Deployment(Optional<ConfiguredFile> file, Options options, boolean good,
        List<DeviceSpec> devices, List<DeviceSpec> read, List<Problem> problems) {

    /**
     * Reads configurations.
     *
     * @param names the name that a device has on its bus
     * @throws UsageException the command line is wrong
     */
    static Deployment read(List<ConfiguredFile> files, Arguments commandLine,
            Function<Devargs, String> names) throws UsageException {
        List<Problem> problems = new ArrayList<>();
        List<DeviceSpec> devices = new ArrayList<>();
        Optional<ConfiguredFile> found = Optional.empty();
        Options options = Options.parse(commandLine);
        boolean good = true;
        for (ConfiguredFile file : files) {
            boolean described = file.pid().equals(DeviceFile.PID);
            boolean forwards = file.pid().equals(ForwardingFile.PID);
            if (file.pid().equals(ServiceOptions.PID)) {
                service(file).ifPresent(problems::add);
            }
            if (!described && !forwards) {
                continue;
            }
            Optional<Problem> flaw = file.flaw();
            flaw.ifPresent(problems::add);
            if (forwards) {
                found = Optional.of(file);
                int before = problems.size();
                options = flaw.isPresent() ? options
                        : ForwardingFile.read(file, commandLine, problems::add);
                good = flaw.isEmpty() && problems.size() == before;
            } else if (file.name().isEmpty()) {
                problems.add(file.error("", "a name is missing in the name of the file: "
                        + DeviceFile.PID + "-NAME.cfg describes a device"));
            } else if (flaw.isEmpty()) {
                DeviceFile.read(file, names, problems::add).ifPresent(devices::add);
            }
        }
        return new Deployment(found, options, good, unique(files, devices, problems),
                List.copyOf(devices), problems);
    }

    private static Optional<Problem> service(ConfiguredFile file) {
        try {
            if (file.flaw().isEmpty()) {
                ServiceOptions.words(ServiceOptions.values(file.properties()));
            }
            return file.flaw();
        } catch (UsageException e) {
            String key = ForwardingFile.key(e.getMessage());
            return Optional.of(file.error(key, ForwardingFile.text(e.getMessage(), key)));
        }
    }

    /** Without those that two files describe, or whose port numbers two files have. */
    private static List<DeviceSpec> unique(
            List<ConfiguredFile> files, List<DeviceSpec> devices, List<Problem> problems) {
        Map<String, ConfiguredFile> byLabel = new HashMap<>();
        files.forEach(file -> byLabel.put(file.label(), file));
        List<DeviceSpec> good = new ArrayList<>();
        for (DeviceSpec spec : devices) {
            Optional<String> other = devices.stream().filter(one -> one != spec
                    && one.name().equals(spec.name())).map(DeviceSpec::file).findFirst();
            Optional<String> taken = devices.stream().filter(one -> one != spec
                    && spec.number().isPresent() && one.number().equals(spec.number()))
                    .map(DeviceSpec::file).findFirst();
            ConfiguredFile file = byLabel.get(spec.file());
            if (other.isPresent()) {
                problems.add(file.error("devargs", "devargs=%s: %s describes %s, too: delete one"
                        .formatted(spec.devargs(), other.get(), spec.name())));
            } else if (taken.isPresent()) {
                problems.add(file.error("port", "port=%s: %s has that number, too"
                        .formatted(spec.number().getAsInt(), taken.get())));
            } else {
                good.add(spec);
            }
        }
        return List.copyOf(good);
    }

    /** The values of the file of forwarding, by key. */
    Map<String, String> forwarding() {
        return file.map(ForwardingFile::values).orElse(Map.of());
    }

    /** An error in the file of forwarding, told as one of the command line. */
    Problem error(String message) {
        String key = ForwardingFile.key(message);
        String text = ForwardingFile.text(message, key);
        return file.map(it -> it.error(key, text))
                .orElse(new Problem(ForwardingFile.PID, 0, text, false));
    }

    /** The queues of each port that is described, where {@code all} are those of all ports. */
    List<QueueSetup> queues(QueueSetup all) {
        List<QueueSetup> queues = new ArrayList<>();
        for (DeviceSpec spec : devices) {
            QueueSetup own = spec.queues().of(all);
            queues.add(own);
            // Devices nested in the devargs have ports of their own.
            spec.devargs().toString().chars().filter(c -> c == '(').forEach(c -> queues.add(own));
        }
        return queues;
    }
}
