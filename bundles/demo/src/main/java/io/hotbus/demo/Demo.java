// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.DeviceEventListener;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.hotplug.Lease;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.PortManager;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.Rehearsal;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs the launcher's command {@code demo}. The exit code is 0 only if the process survived every
 * removal, the other ports lost no packet, and no buffer leaked.
 */
@Component(service = {})
public final class Demo {
    private static final String COMMAND = "demo";

    private final BundleContext context;
    private final FailureHandling failureHandling;
    private final Scenario.Stage stage;
    private final Optional<Application> application;

    @Activate
    public Demo(BundleContext context, @Reference PortManager ports,
            @Reference PortRegistry registry, @Reference Forwarder forwarder,
            @Reference Reattach reattach, @Reference RemovalInjector injector,
            @Reference FailureHandling failureHandling, @Reference Rehearsal rehearsal) {
        this.context = context;
        this.failureHandling = failureHandling;
        this.stage = new Scenario.Stage(ports, registry, forwarder, reattach, injector, rehearsal);
        this.application = Arguments.command(context).equals(COMMAND)
                ? Optional.of(Application.start(COMMAND, context, this::run)) : Optional.empty();
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    private OptionalInt run() throws Exception {
        DemoOptions options = DemoOptions.parse(Arguments.of(context));
        Optional<JsonReport> report = options.json().isPresent()
                ? Optional.of(new JsonReport(options.json().get())) : Optional.empty();
        Story story = new Story(System.out, Scenario.victim(), options.cycles());
        Sightings sightings = new Sightings(Scenario.victim());
        ServiceRegistration<?> listener = context.registerService(new String[] {
                DeviceEventListener.class.getName(), EthEventListener.class.getName()},
                sightings, null);
        Result result;
        try (Lease survival = failureHandling.enable()) { // the demo cannot work without
            result = new Scenario(stage, sightings, story, options).play();
        } finally {
            listener.unregister();
        }
        story.end(result);
        if (report.isPresent()) {
            write(report.get(), result);
        }
        return OptionalInt.of(result.problems().isEmpty() ? 0 : 1);
    }

    private static void write(JsonReport report, Result result) throws DeviceException {
        try {
            report.write(result);
        } catch (IOException e) {
            throw new DeviceException("the figures could not be written: " + e, e);
        }
    }
}
