// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.fwd;

import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.PortPlan;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Holds the settings of forwarding, which begin with those of the command line. */
@Component
public final class StoredSettings implements FwdSettings {
    private final Map<String, PortPlan> plans = new ConcurrentHashMap<>();
    private volatile FwdConfig config;

    @Activate
    public StoredSettings(@Reference Options options) {
        this.config = options.forwarding();
    }

    @Override
    public FwdConfig config() {
        return config;
    }

    @Override
    public synchronized void change(UnaryOperator<FwdConfig> change) {
        config = change.apply(config);
    }

    @Override
    public PortPlan plan(String device) {
        return plans.getOrDefault(device, PortPlan.NONE);
    }

    @Override
    public void changePlan(String device, UnaryOperator<PortPlan> change) {
        plans.compute(device, (name, now) -> change.apply(now == null ? PortPlan.NONE : now));
    }
}
