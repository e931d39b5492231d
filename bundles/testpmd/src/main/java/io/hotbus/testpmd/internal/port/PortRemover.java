// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.port;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.EthEvent;
import io.hotbus.ethdev.EthEventListener;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Options;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cleans up after a removal: the port is no longer forwarded on, stopped, closed, and its device
 * detached. On {@code control}, immediately: listeners run there, so they may do this. Source: DPDK
 * testpmd {@code rmv_port_callback}, which has to defer the same by an alarm of 100 ms.
 */
@Component(service = {PortRemover.class, EthEventListener.class})
public final class PortRemover implements EthEventListener {
    private static final Logger LOG = LoggerFactory.getLogger(PortRemover.class);

    private final Options options;
    private final PortLifecycle ports;
    private final ReattachPolicy reattach;
    private final Map<String, Integer> removals = new ConcurrentHashMap<>();

    @Activate
    public PortRemover(@Reference Options options, @Reference PortLifecycle ports,
            @Reference ReattachPolicy reattach) {
        this.options = options;
        this.ports = ports;
        this.reattach = reattach;
    }

    @Override
    public void onEthEvent(EthEvent event) {
        Port port = event.port();
        if (event.kind() != EthEvent.Kind.INTR_RMV || !options.removalEvents()
                || port.owner().isPresent()) {
            return;
        }
        String name = port.name();
        if (port.device().state() == DeviceState.DETACHED) {
            if (reattach.lost(port.device())) {
                LOG.info("port {} ({}): removed, and gone with its driver or bus before that was "
                        + "told", port.id(), name);
                removals.merge(name, 1, Integer::sum);
            }
            return;
        }
        reattach.lost(port.device());
        try {
            ports.detachRemoved(port);
        } catch (DeviceException e) {
            LOG.error("port {} ({}): not cleaned up after its removal: {} "
                    + "(device detach {} tries again)", port.id(), name, e.getMessage(), name);
            return;
        }
        double elapsed = (System.nanoTime() - event.timeNanos()) / 1e6;
        LOG.info("port {} ({}): stopped, closed, detached {} ms after its removal was noticed",
                port.id(), name, String.format(Locale.ROOT, "%.1f", elapsed));
        removals.merge(name, 1, Integer::sum);
    }

    /** How many removals of the device of that name were cleaned up. Any thread. */
    public int removals(String device) {
        return removals.getOrDefault(device, 0);
    }
}
