// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.HotUnplug;
import io.hotbus.eal.thread.ControlThread;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import java.util.List;

/** The components that look after ports, with the doors open that Declarative Services use. */
public final class PortAccess {
    private final PortLifecycle lifecycle;
    private final ReattachPolicy policy;
    private final PortRemover remover;

    public PortAccess(Options options, DeviceManager devices, PortRegistry registry,
            Forwarder forwarder, FwdSettings settings, ControlThread control,
            HotUnplug hotUnplug) {
        lifecycle = new PortLifecycle(
                options, devices, registry, forwarder, settings, hotUnplug);
        policy = new ReattachPolicy(options, devices, lifecycle, control);
        remover = new PortRemover(options, lifecycle, policy);
    }

    public List<EthEventListener> listeners() {
        return List.of(lifecycle, remover);
    }

    public PortLifecycle manager() {
        return lifecycle;
    }

    public ReattachPolicy policy() {
        return policy;
    }

    public PortRemover remover() {
        return remover;
    }

    public void close() {
        policy.deactivate();
        lifecycle.detachAll();
    }
}
