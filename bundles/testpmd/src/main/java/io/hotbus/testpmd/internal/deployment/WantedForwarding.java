// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.FwdConfig;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.Reattach;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How packets are forwarded, as the file of forwarding and the command line say. Forwarding is
 * stopped and started only if something that it stands on has changed; where an operator stopped
 * it, it stays so. Control threads, one at a time.
 */
final class WantedForwarding {
    private static final Logger LOG = LoggerFactory.getLogger(WantedForwarding.class);

    private final Forwarder forwarder;
    private final FwdSettings settings;
    private final Reattach reattach;
    private Map<String, String> values;
    private Options wanted;

    /**
     * @param options what the process began with
     * @param values  the values of the file that it began with
     */
    WantedForwarding(Forwarder forwarder, FwdSettings settings, Reattach reattach,
            Options options, Map<String, String> values) {
        this.forwarder = forwarder;
        this.settings = settings;
        this.reattach = reattach;
        this.wanted = options;
        this.values = values;
    }

    Options options() {
        return wanted;
    }

    /** The values of the file that is followed. */
    Map<String, String> values() {
        return values;
    }

    /**
     * Changes what has changed.
     *
     * @param ports changes the ports; called while forwarding is stopped, if it has to be
     * @throws DeviceException the engine or a CPU is not there, or forwarding does not start so;
     *     then all of this is as it was
     */
    void follow(Map<String, String> next, Options options, Runnable ports)
            throws DeviceException {
        if (next.equals(values)) {
            ports.run();
            return;
        }
        requirePossible(options);
        tellOfNextStart(next);
        boolean restart = forwarder.running() && !sameForwarding(wanted, options);
        if (restart) {
            forwarder.stop();
        }
        FwdConfig before = settings.config();
        String engine = forwarder.engine();
        set(options);
        ports.run();
        if (restart) {
            try {
                forwarder.start(0);
            } catch (DeviceException e) {
                settings.change(now -> before);
                forwarder.setEngine(engine);
                ports.run();
                forwarder.start(0);
                throw e;
            }
        }
        if (options.reattach() != wanted.reattach()) {
            reattach.setEnabled(options.reattach());
        }
        wanted = options;
        values = next;
        LOG.info("forwarding is set as {} says{}", ForwardingFile.PID,
                restart ? ", and was started again" : "");
    }

    private void requirePossible(Options options) throws DeviceException {
        if (!forwarder.engines().contains(options.forwardMode())) {
            throw new DeviceException("--forward-mode %s: there is no such engine (there are: %s)"
                    .formatted(options.forwardMode(), String.join(", ", forwarder.engines())));
        }
        forwarder.cpus(options.forwarding());
    }

    private void set(Options options) {
        if (!options.forwarding().equals(wanted.forwarding())) {
            settings.change(now -> options.forwarding().withVerbose(now.verbose()));
        }
        if (!options.forwardMode().equals(wanted.forwardMode())) {
            forwarder.setEngine(options.forwardMode());
        }
    }

    private static boolean sameForwarding(Options one, Options other) {
        return one.forwardMode().equals(other.forwardMode()) && one.forwarding().equals(
                other.forwarding().withQueues(one.forwarding().queues()));
    }

    private void tellOfNextStart(Map<String, String> next) {
        Map<String, String> all = new HashMap<>(values);
        all.putAll(next);
        all.keySet().removeIf(key -> Objects.equals(values.get(key), next.get(key)));
        Set<String> later = ForwardingFile.atStart(all.keySet());
        if (!later.isEmpty()) {
            LOG.warn("{}: {}: of no effect until the process is started again",
                    ForwardingFile.PID, String.join(", ", later));
        }
    }

    /** In what forwarding differs from what is wanted; empty if it is so. */
    List<String> differences() {
        List<String> differences = new ArrayList<>();
        FwdConfig now = settings.config();
        FwdConfig then = wanted.forwarding();
        compare(differences, "forward-mode", forwarder.engine(), wanted.forwardMode());
        compare(differences, "lcores", now.lcores(), then.lcores());
        compare(differences, "nb-cores", now.nbCores(), then.nbCores());
        compare(differences, "portlist", now.ports(), then.ports());
        compare(differences, "port-topology", now.topology(), then.topology());
        compare(differences, "rxq, txq, rxd, txd", now.queues(), then.queues());
        compare(differences, "burst", now.burst(), then.burst());
        compare(differences, "flush-rx", now.flushRx(), then.flushRx());
        compare(differences, "txpkts", now.frames(), then.frames());
        compare(differences, "eth-peer", now.peers(), then.peers());
        compare(differences, "no-reattach", !reattach.enabled(), !wanted.reattach());
        return differences;
    }

    private static void compare(List<String> to, String key, Object actual, Object wanted) {
        if (!actual.equals(wanted)) {
            to.add("%s is %s, wanted %s".formatted(key, actual, wanted));
        }
    }
}
