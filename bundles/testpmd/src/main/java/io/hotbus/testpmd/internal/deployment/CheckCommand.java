// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.config.SettingsCheck;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.testpmd.ForwardEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * The launcher's command {@code check}: prints what is wrong in the files of the folder of
 * configurations. The exit code is 0 if nothing is.
 */
@Component(service = {})
public final class CheckCommand {
    private static final String COMMAND = "check";
    /** Framework property: the folder of the files. */
    private static final String FOLDER = "felix.fileinstall.dir";

    private final BundleContext context;
    private final DeviceManager devices;
    private final CpuAffinity affinity;
    private final Set<ForwardEngine> engines = ConcurrentHashMap.newKeySet();
    private final Set<SettingsCheck> settings = ConcurrentHashMap.newKeySet();
    private final Optional<Application> application;

    /** Starts the command if the launcher was given it. */
    @Activate
    public CheckCommand(BundleContext context, @Reference DeviceManager devices,
            @Reference CpuAffinity affinity) {
        this.context = context;
        this.devices = devices;
        this.affinity = affinity;
        this.application = Arguments.command(context).equals(COMMAND)
                ? Optional.of(Application.start(COMMAND, context, this::run)) : Optional.empty();
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addEngine(ForwardEngine engine) {
        engines.add(engine);
    }

    void removeEngine(ForwardEngine engine) {
        engines.remove(engine);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addSettings(SettingsCheck check) {
        settings.add(check);
    }

    void removeSettings(SettingsCheck check) {
        settings.remove(check);
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    private OptionalInt run() throws Exception {
        Arguments.of(context).allowOnly(Set.of());
        List<ConfiguredFile> files = ConfiguredFile.all(context);
        Map<String, SettingsCheck> byPid = new ConcurrentHashMap<>();
        settings.forEach(check -> byPid.put(check.pid(), check));
        List<Problem> problems = new ArrayList<>(new DeploymentCheck(devices,
                affinity.available(), engines.stream().map(ForwardEngine::name).toList(), byPid)
                .check(files));
        Path folder = Path.of(context.getProperty(FOLDER));
        problems.addAll(notRead(folder));
        problems.forEach(problem -> System.out.println(problem.report()));
        long errors = problems.stream().filter(problem -> !problem.warning()).count();
        System.out.printf("%s: %s configuration(s), %s error(s), %s warning(s)%n", folder,
                files.size(), errors, problems.size() - errors);
        return OptionalInt.of(errors == 0 ? 0 : 1);
    }

    /** Files that look as if they were meant. */
    private static List<Problem> notRead(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().filter(file -> {
                String name = file.getFileName().toString();
                return name.startsWith("io.hotbus.") && !name.endsWith(".cfg")
                        && !name.endsWith(".config");
            }).map(file -> new Problem(file.toString(), 0,
                    "is not read: the name must end with .cfg or .config", true)).toList();
        }
    }
}
