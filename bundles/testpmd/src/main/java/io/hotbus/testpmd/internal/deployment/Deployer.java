// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.app.Arguments;
import io.hotbus.app.ServiceOptions;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.DeviceEvent;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.QueueSetup;
import io.hotbus.testpmd.internal.port.PortLifecycle;
import io.hotbus.testpmd.internal.port.ReattachPolicy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the process as the files of the deployment say: compares what they say with what was made
 * of them, and changes what has changed. Its work is done on the thread {@code deployment}, a
 * moment after the last change, so that files may come in any order.
 */
@Component(service = {Deployer.class, DeviceEventListener.class})
public final class Deployer implements DeviceEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(Deployer.class);
    /** Files that are written one after the other are read together. */
    private static final long SETTLE_MILLIS = 300;
    private static final long RETRY_MILLIS = 250;

    private final BundleContext context;
    private final Arguments commandLine;
    private final DeviceManager devices;
    private final PortRegistry registry;
    private final PortLifecycle ports;
    private final Forwarder forwarder;
    private final WantedDevices wanted;
    private final WantedForwarding forwarding;
    private final ConfigurationTriggers triggers;
    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(task -> {
                Thread thread = new Thread(task, "deployment");
                thread.setDaemon(true);
                return thread;
            });
    private final AtomicBoolean due = new AtomicBoolean();
    /** What each file said when it was right. Guarded by this, like the rest. */
    private Map<String, DeviceSpec> right = new HashMap<>();
    private List<Problem> problems = List.of();
    private Map<String, String> service;
    private QueueSetup queues;
    private boolean begun;

    @Activate
    public Deployer(BundleContext context, @Reference Options options,
            @Reference DeviceManager devices, @Reference PortRegistry registry,
            @Reference PortLifecycle ports, @Reference ReattachPolicy reattach,
            @Reference Forwarder forwarder, @Reference FwdSettings settings) {
        this.context = context;
        this.devices = devices;
        this.registry = registry;
        this.ports = ports;
        this.forwarder = forwarder;
        this.queues = options.forwarding().queues();
        this.wanted = new WantedDevices(devices, registry, ports, reattach, settings);
        List<ConfiguredFile> files = ConfiguredFile.all(context);
        this.commandLine = commandLine(context);
        this.service = service(files);
        this.forwarding = new WantedForwarding(forwarder, settings, reattach, options,
                files.stream().filter(file -> file.pid().equals(ForwardingFile.PID)).findFirst()
                        .map(ForwardingFile::values).orElse(Map.of()));
        this.triggers = new ConfigurationTriggers(context, this::lookSoon);
        if (Arguments.command(context).isEmpty()) { // nothing else begins
            thread.execute(this::begin);
        }
    }

    private static Arguments commandLine(BundleContext context) {
        try {
            return Arguments.of(context);
        } catch (UsageException e) {
            throw new IllegalStateException(e); // Options would not be there
        }
    }

    @Deactivate
    void deactivate() {
        triggers.close();
        thread.shutdownNow();
        try {
            thread.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        wanted.close();
    }

    /** Whether a file describes a device with an address, which is no virtual one. */
    public synchronized boolean describesRealDevices() {
        return read().devices().stream().anyMatch(spec -> spec.devargs().name().contains(":"));
    }

    /**
     * Attaches the devices of the files that are there, and follows the files from now on. Returns
     * when each device was attached or has failed for the first time. Devices of the command line
     * are attached before.
     */
    public synchronized void begin() {
        begun = true;
        look();
        thread.scheduleWithFixedDelay(this::retry, RETRY_MILLIS, RETRY_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void lookSoon() {
        if (due.compareAndSet(false, true)) {
            try {
                thread.schedule(this::look, SETTLE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.trace("a file changed while this ends", e);
            }
        }
    }

    @Override
    public void onDeviceEvent(DeviceEvent event) {
        if (event.kind() == DeviceEvent.Kind.ADD || event.kind() == DeviceEvent.Kind.BIND) {
            try {
                thread.execute(() -> hurry(event.name()));
            } catch (RejectedExecutionException e) {
                LOG.trace("a device came while this ends", e);
            }
        }
    }

    private synchronized void hurry(String device) {
        wanted.hurry(device);
    }

    private synchronized void retry() {
        try {
            wanted.retry();
        } catch (RuntimeException e) { // the next one may go well
            LOG.error("the deployment cannot be followed", e);
        }
    }

    private synchronized void look() {
        due.set(false);
        if (!begun) {
            return;
        }
        try {
            follow(read());
        } catch (RuntimeException e) { // the next look may go well
            LOG.error("the deployment cannot be followed", e);
        }
    }

    private Deployment read() {
        try {
            List<ConfiguredFile> files = ConfiguredFile.all(context);
            tellOfService(files);
            return Deployment.read(files, commandLine, this::nameOnBus);
        } catch (UsageException e) {
            throw new IllegalStateException(e); // the same words were right at the start
        }
    }

    private void tellOfService(List<ConfiguredFile> files) {
        Map<String, String> now = service(files);
        if (!now.equals(service)) {
            service = now;
            LOG.warn("{} has changed: of no effect until the process is started again",
                    ServiceOptions.PID);
        }
    }

    private static Map<String, String> service(List<ConfiguredFile> files) {
        return files.stream().filter(file -> file.pid().equals(ServiceOptions.PID)).findFirst()
                .map(file -> ServiceOptions.values(file.properties())).orElse(Map.of());
    }

    private String nameOnBus(Devargs devargs) {
        return devices.buses().stream().filter(bus -> bus.claims(devargs)).findFirst()
                .map(bus -> bus.nameOf(devargs)).orElse(devargs.name());
    }

    private void follow(Deployment next) {
        List<Problem> found = new ArrayList<>(next.problems());
        List<DeviceSpec> specs = specs(next, found);
        Options options = next.good() ? next.options() : forwarding.options();
        try {
            forwarding.follow(next.good() ? next.forwarding() : forwarding.values(), options,
                    () -> follow(specs, options));
        } catch (DeviceException e) {
            found.add(next.error(e.getMessage()));
            follow(specs, forwarding.options());
        }
        expect();
        tell(found);
    }

    /** Those of the files that are right, and of wrong ones what they said before. */
    private List<DeviceSpec> specs(Deployment next, List<Problem> found) {
        Set<String> onCommandLine = new HashSet<>();
        for (String text : forwarding.options().devices()) {
            try {
                onCommandLine.add(nameOnBus(Devargs.parse(text)));
            } catch (DeviceException e) {
                LOG.trace("the start has told of it", e);
            }
        }
        Map<String, DeviceSpec> now = new HashMap<>();
        for (DeviceSpec spec : next.devices()) {
            if (onCommandLine.contains(spec.name())) {
                found.add(new Problem(spec.file(), 0, spec.name()
                        + " is on the command line, which counts", false));
            } else {
                now.put(spec.file(), spec);
            }
        }
        Set<String> names = new HashSet<>();
        now.values().forEach(spec -> names.add(spec.name()));
        for (Problem problem : next.problems()) {
            DeviceSpec before = right.get(problem.file());
            if (before != null && !problem.warning() && names.add(before.name())) {
                now.put(problem.file(), before);
            }
        }
        right = now;
        return List.copyOf(now.values());
    }

    private void follow(List<DeviceSpec> specs, Options options) {
        wanted.follow(specs, options.forwarding().queues());
        if (!options.forwarding().queues().equals(queues)) {
            queues = options.forwarding().queues();
            registry.ports().forEach(this::setQueues);
        }
    }

    private void setQueues(Port port) {
        try {
            ports.changes().followQueues(port);
        } catch (DeviceException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    private void expect() {
        try {
            forwarder.expect(wanted.numbers());
        } catch (DeviceException e) {
            LOG.error("{}", e.getMessage());
        }
    }

    private void tell(List<Problem> found) {
        found.stream().filter(problem -> !problems.contains(problem)).forEach(problem ->
                LOG.error("{}: {} (what was before stays)", problem.place(), problem.text()));
        problems = List.copyOf(found);
    }

    /** Wanted beside actual: forwarding, each device, and the files that are wrong. */
    synchronized List<DeviceStatus> status() {
        List<DeviceStatus> all = new ArrayList<>();
        List<String> differences = forwarding.differences();
        all.add(new DeviceStatus("forwarding", Optional.empty(), ForwardingFile.PID,
                differences.isEmpty() ? DeviceStatus.State.IN_STEP : DeviceStatus.State.DIFFERS,
                differences));
        all.addAll(wanted.status());
        problems.forEach(problem -> all.add(new DeviceStatus("-", Optional.empty(),
                problem.place(), DeviceStatus.State.ERROR, List.of(problem.text()))));
        return all;
    }
}
