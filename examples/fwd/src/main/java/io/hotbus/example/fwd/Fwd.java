// SPDX-License-Identifier: Apache-2.0
package io.hotbus.example.fwd;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.app.OpenPort;
import io.hotbus.app.PortGroup;
import io.hotbus.app.Ports;
import io.hotbus.app.UsageException;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.mem.MempoolCaches;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Forwards packets between two ports. Source: ixy {@code src/app/ixy-fwd.c}. */
@Component(service = {})
public final class Fwd {
    private static final String COMMAND = "fwd";
    private static final int BURST = 32;

    private final Optional<Application> application;

    @Activate
    public Fwd(BundleContext context, @Reference Ports ports) {
        application = Arguments.command(context).equals(COMMAND)
                ? Optional.of(Application.start(COMMAND, context, () -> run(context, ports)))
                : Optional.empty();
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    private static OptionalInt run(BundleContext context, Ports ports) throws Exception {
        List<String> devices = Arguments.of(context).values("--vdev", "--allow");
        if (devices.size() != 2) {
            throw new UsageException("two devices are needed, as in --vdev net_sim0 --vdev "
                    + "net_sim1");
        }
        try (PortGroup group = ports.begin()) {
            OpenPort left = group.open(Devargs.parse(devices.get(0)));
            OpenPort right = group.open(Devargs.parse(devices.get(1)));
            long[] burst = new long[BURST];
            group.run(caches -> forward(left, right, caches, burst)
                    | forward(right, left, caches, burst));
        }
        return OptionalInt.of(0);
    }

    private static boolean forward(
            OpenPort from, OpenPort to, MempoolCaches caches, long[] burst) {
        int count = from.receive(caches, burst);
        to.send(caches, burst, count);
        return count != 0;
    }
}
