// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkEvent;

/** Takes the command over, prints its arguments and a number, and ends with exit code 7. */
public final class RunsTheCommand implements BundleActivator {
    static final int EXIT_CODE = 7;

    @Override
    public void start(BundleContext context) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put("hotbus.command", context.getProperty("hotbus.command"));
        context.registerService(RunsTheCommand.class, this, properties);
        context.addFrameworkListener(event -> {
            if (event.getType() == FrameworkEvent.STARTED) {
                System.out.printf("arguments=%s number=%.1f%n",
                        context.getProperty("hotbus.args").replace('\u001f', '|'), 1234.5);
                new Thread(() -> System.exit(EXIT_CODE)).start();
            }
        });
    }

    @Override
    public void stop(BundleContext context) {
        // the services go with the bundle
    }
}
