// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.FailureHandling;
import io.hotbus.eal.io.MmioMapper;
import io.hotbus.eal.mem.Mempools;
import io.hotbus.eal.thread.CpuAffinity;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.PortManager;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * Ends a command of the launcher that can never start. If a service of the platform is missing, for
 * example because the native library is, the components of the commands are not activated. This
 * component has no references, so it is always activated.
 */
@Component(service = {})
public final class StartCheck {
    private static final List<Class<?>> NEEDED = List.of(CpuAffinity.class, Mempools.class,
            MmioMapper.class, FailureHandling.class, DeviceManager.class, PortRegistry.class);

    private final BundleContext context;
    private final Optional<Application> application;

    @Activate
    public StartCheck(BundleContext context) {
        this.context = context;
        this.application = Arguments.command(context).isEmpty() ? Optional.empty()
                : Optional.of(Application.start("start-check", context, this::run));
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    /** Wrong arguments are reported by {@link CommandLine}. */
    private OptionalInt run() throws DeviceException {
        if (isThere(Options.class) && !isThere(PortManager.class)) {
            String missing = NEEDED.stream().filter(type -> !isThere(type))
                    .map(Class::getSimpleName).collect(Collectors.joining(", "));
            throw new DeviceException("the platform did not start, it lacks " + missing
                    + " (errors above say why)");
        }
        return OptionalInt.empty();
    }

    private boolean isThere(Class<?> service) {
        return context.getServiceReference(service) != null;
    }
}
