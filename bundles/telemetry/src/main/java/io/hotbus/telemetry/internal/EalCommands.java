// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import io.hotbus.app.Arguments;
import io.hotbus.app.LcoreUsage;
import io.hotbus.app.LcoreUsages;
import io.hotbus.app.UsageException;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The command line and the lcores. What DPDK counts in cycles, is in nanoseconds here. Source: DPDK
 * {@code lib/eal/common/eal_common_options.c} and, since 23.03, {@code eal_common_lcore.c}.
 */
@Component
public final class EalCommands implements TelemetryCommands {
    /** Options that are EAL's in DPDK, as far as applications of hotbus have them. */
    private static final Set<String> EAL = Set.of("-a", "--allow", "--vdev", "-l",
            Arguments.FILE_PREFIX, Arguments.NO_TELEMETRY, Arguments.IN_MEMORY);

    private static final String TOTAL = "total_cycles";
    private static final String BUSY = "busy_cycles";
    private static final String RATIO = "usage_ratio";

    private final BundleContext context;
    private final CpuAffinity affinity;
    private final Lcores lcores = new Lcores(Path.of("/proc/self/task"));
    private final List<TelemetryCommand> commands = List.of(
            new TelemetryCommand("/eal/params",
                    "Returns EAL commandline parameters used. Takes no parameters",
                    parameters -> params()),
            new TelemetryCommand("/eal/app_params",
                    "Returns app commandline parameters used. Takes no parameters",
                    parameters -> appParams()),
            new TelemetryCommand("/eal/lcore/list", "List of lcore ids. Takes no parameters",
                    parameters -> List.copyOf(lcores.cpus().keySet())),
            new TelemetryCommand("/eal/lcore/info",
                    "Returns lcore info. Parameters: int lcore_id", this::lcore),
            new TelemetryCommand("/eal/lcore/usage",
                    "Returns lcore cycles usage. Takes no parameters", parameters -> usage()));
    @Reference
    private volatile List<LcoreUsages> usages = List.of();

    /** {@code context} has the command line. */
    @Activate
    public EalCommands(BundleContext context, @Reference CpuAffinity affinity) {
        this.context = context;
        this.affinity = affinity;
    }

    @Override
    public List<TelemetryCommand> commands() {
        return commands;
    }

    private List<String> params() throws UsageException {
        final List<String> words = new ArrayList<>(List.of("hotbus"));
        words.addAll(Arguments.of(context).words(EAL::contains));
        return words;
    }

    private List<String> appParams() throws UsageException {
        final List<String> words = new ArrayList<>(List.of(Arguments.command(context)));
        words.addAll(Arguments.of(context).words(name -> !EAL.contains(name)));
        return words;
    }

    private Object lcore(Optional<String> parameters) throws IOException {
        final Optional<Integer> id = Ids.first(parameters);
        final Map<Integer, List<Integer>> cpus = lcores.cpus();
        if (id.isEmpty() || !cpus.containsKey(id.get())) {
            return null;
        }
        final Map<String, Object> info = new LinkedHashMap<>();
        info.put("lcore_id", id.get());
        info.put("socket", Math.max(0, affinity.numaNode(id.get())));
        info.put("role", "RTE");
        info.put("cpuset", cpus.get(id.get()));
        usages().filter(usage -> usage.lcore() == id.get()).findFirst().ifPresent(usage -> {
            info.put(TOTAL, usage.totalNanos());
            info.put(BUSY, usage.busyNanos());
            info.put(RATIO, ratio(usage));
        });
        return info;
    }

    private Stream<LcoreUsage> usages() {
        return usages.stream().flatMap(of -> of.lcoreUsages().stream());
    }

    private Map<String, Object> usage() {
        final List<LcoreUsage> all = usages()
                .sorted(Comparator.comparing(LcoreUsage::lcore)).toList();
        final Map<String, Object> usage = new LinkedHashMap<>();
        usage.put("lcore_ids", all.stream().map(LcoreUsage::lcore).toList());
        usage.put(TOTAL, all.stream().map(LcoreUsage::totalNanos).toList());
        usage.put(BUSY, all.stream().map(LcoreUsage::busyNanos).toList());
        usage.put(RATIO, all.stream().map(EalCommands::ratio).toList());
        return usage;
    }

    private static String ratio(LcoreUsage usage) {
        return String.format(Locale.ROOT, "%.2f%%",
                100.0 * usage.busyNanos() / Math.max(1, usage.totalNanos()));
    }
}
