// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.deployment;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.bus.DeviceState;
import io.hotbus.ethdev.Port;
import io.hotbus.ethdev.PortRegistry;
import io.hotbus.ethdev.PortState;
import io.hotbus.testpmd.FwdSettings;
import io.hotbus.testpmd.PortPlan;
import io.hotbus.testpmd.QueueSetup;
import io.hotbus.testpmd.internal.port.PortLifecycle;
import io.hotbus.testpmd.internal.port.ReattachPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices that files describe: attaches, changes and detaches those whose files have changed,
 * and touches no other. What was done by hand to a device stays until its file changes. Control
 * threads, one at a time.
 */
final class WantedDevices {
    private static final Logger LOG = LoggerFactory.getLogger(WantedDevices.class);

    private final DeviceManager devices;
    private final PortRegistry registry;
    private final PortLifecycle ports;
    private final ReattachPolicy reattach;
    private final FwdSettings settings;
    /** By name. */
    private final Map<String, Wanted> all = new TreeMap<>();

    WantedDevices(DeviceManager devices, PortRegistry registry, PortLifecycle ports,
            ReattachPolicy reattach, FwdSettings settings) {
        this.devices = devices;
        this.registry = registry;
        this.ports = ports;
        this.reattach = reattach;
        this.settings = settings;
    }

    /** Makes the devices as {@code specs} say, where {@code queues} are those of all ports. */
    void follow(List<DeviceSpec> specs, QueueSetup queues) {
        Set<String> wanted = specs.stream().map(DeviceSpec::name).collect(Collectors.toSet());
        for (Wanted one : List.copyOf(all.values())) {
            if (!wanted.contains(one.name())) {
                remove(one);
            }
        }
        List<DeviceSpec> ordered = DeviceOrder.of(specs);
        new PortNumbers(registry, all, ordered).keep();
        for (DeviceSpec spec : ordered) {
            Wanted one = all.get(spec.name());
            PortPlan plan = spec.plan(queues);
            if (one.attached() && !one.spec().equals(spec)) {
                change(one, spec, plan);
            } else if (one.attached() && !one.plan().equals(plan) && one.reason().isEmpty()) {
                set(one, plan);
            } else if (!one.attached()) {
                one.change(spec);
                one.plan(plan);
                one.retry();
                attach(one);
            }
        }
    }

    /** Attaches devices that wait and whose next attempt is due. */
    void retry() {
        long now = System.nanoTime();
        List.copyOf(all.values()).stream().filter(one -> one.isDue(now)).forEach(this::attach);
    }

    /** The device of that name may have come: the next attempt is due. */
    void hurry(String device) {
        Optional.ofNullable(all.get(device)).ifPresent(Wanted::hurry);
    }

    /** The numbers of the ports that are to be forwarded on, there or not. */
    Set<Integer> numbers() {
        return all.values().stream()
                .filter(one -> one.id() >= 0 && !one.spec().plan().setup().stopped())
                .map(Wanted::id).collect(Collectors.toSet());
    }

    private void attach(Wanted one) {
        try {
            Optional<Device> there = device(one.name());
            if (there.isPresent() && !sameDevargs(there.get().devargs(), one.spec().devargs())) {
                detach(one.name());
                there = Optional.empty();
            }
            reattach.setEnabled(one.name(), one.spec().reattach());
            PortPlan before = settings.plan(one.name());
            settings.changePlan(one.name(), plan -> one.plan());
            if (there.isEmpty()) {
                ports.changes().forget(one.name());
                ports.attachDevice(one.spec().devargs());
            } else if (registry.port(one.name()).isPresent()) {
                ports.changes().follow(registry.port(one.name()).get(), before);
            }
            one.setAttached();
            LOG.info("{}: as {} says", one.name(), one.spec().file());
        } catch (DeviceException e) {
            settings.changePlan(one.name(), plan -> PortPlan.NONE);
            if (one.failed(e.getMessage())) {
                LOG.warn("{} ({} is tried again)", e.getMessage(), one.spec().file());
            }
        }
    }

    /** A device that the file gives no devargs has those of the list of allowed ones, perhaps. */
    private static boolean sameDevargs(Devargs there, Devargs wanted) {
        return wanted.args().isEmpty() || there.args().equals(wanted.args());
    }

    private Optional<Device> device(String name) {
        return devices.find(name).filter(device -> device.state() == DeviceState.PROBED);
    }

    private void change(Wanted one, DeviceSpec spec, PortPlan plan) {
        boolean same = one.spec().devargs().equals(spec.devargs());
        DeviceSpec before = one.spec();
        Optional<Port> port = registry.port(one.name());
        one.change(spec);
        if (same && device(one.name()).isPresent()
                && port.filter(it -> it.state() != PortState.CLOSED).isPresent()) {
            reattach.setEnabled(one.name(), spec.reattach());
            set(one, plan);
            return;
        }
        // Away, detached by hand, closed, or with other devargs: it begins anew.
        one.plan(plan);
        one.retry();
        reattach.giveUp(one.name());
        releaseThoseUnder(before);
        try {
            detach(one.name());
        } catch (DeviceException e) {
            LOG.error("{}", e.getMessage());
        }
        attach(one);
    }

    /** Sets the port of a device that is there; as before, if the device refuses. */
    private void set(Wanted one, PortPlan plan) {
        PortPlan before = one.plan();
        one.plan(plan);
        settings.changePlan(one.name(), now -> plan);
        Optional<Port> port = registry.port(one.name());
        if (port.isEmpty()) {
            return; // it is away, and comes back so
        }
        try {
            ports.changes().follow(port.get(), before);
            LOG.info("{}: set as {} says now", port.get(), one.spec().file());
        } catch (DeviceException e) {
            LOG.error("{}: {} (the port stays as it was)", one.spec().file(), e.getMessage());
            one.refused(e.getMessage());
            one.plan(before);
            settings.changePlan(one.name(), now -> before);
            restore(port.get(), plan);
        }
    }

    private void restore(Port port, PortPlan refused) {
        try {
            ports.changes().follow(port, refused);
        } catch (DeviceException e) {
            LOG.error("{}: not as it was before: {}", port, e.getMessage());
        }
    }

    private void remove(Wanted one) {
        all.remove(one.name());
        releaseThoseUnder(one.spec());
        one.number(-1, () -> { });
        reattach.giveUp(one.name());
        reattach.setEnabled(one.name(), true);
        try {
            detach(one.name());
            LOG.info("{}: no longer wanted, {} is gone", one.name(), one.spec().file());
        } catch (DeviceException e) {
            LOG.error("{}", e.getMessage());
        }
        ports.changes().forget(one.name());
        settings.changePlan(one.name(), plan -> PortPlan.NONE);
    }

    /** Devices that it stood on go with it, and are attached by themselves if files say so. */
    private void releaseThoseUnder(DeviceSpec gone) {
        all.values().stream().filter(one -> DeviceOrder.isOn(gone, one.spec()))
                .forEach(Wanted::retry);
    }

    /** Detaches the device, unless another port stands on its port. */
    private void detach(String name) throws DeviceException {
        Optional<Port> port = registry.port(name);
        if (port.isPresent()) {
            if (port.get().owner().isEmpty()) {
                ports.detach(port.get());
            }
        } else if (device(name).isPresent()) {
            devices.detach(device(name).get());
        }
    }

    /** Frees the numbers that were kept. The devices stay. */
    void close() {
        all.values().forEach(one -> one.number(-1, () -> { }));
    }

    /** How each device is, by name. */
    List<DeviceStatus> status() {
        return all.values().stream().map(this::status).toList();
    }

    private DeviceStatus status(Wanted one) {
        Optional<Port> port = registry.port(one.name());
        List<String> reasons = new ArrayList<>();
        DeviceStatus.State state;
        if (device(one.name()).isPresent()) {
            port.ifPresent(it -> compare(one, it, reasons));
            Devargs devargs = device(one.name()).get().devargs();
            if (!sameDevargs(devargs, one.spec().devargs())) {
                reasons.add("devargs are %s, wanted %s".formatted(devargs, one.spec().devargs()));
            }
            state = reasons.isEmpty() ? DeviceStatus.State.IN_STEP : DeviceStatus.State.DIFFERS;
            port.flatMap(Port::owner).ifPresent(owner -> reasons.add("port of " + owner));
        } else if (!one.attached() || reattach.awaits(one.name())) {
            state = DeviceStatus.State.WAITING;
            reasons.add(one.attached() ? reattach.failure(one.name())
                    .orElse("it is away, and is attached again when it returns") : one.reason());
        } else {
            state = DeviceStatus.State.DIFFERS;
            reasons.add("it was detached, or went while it was not to be attached again; the file"
                    + " applies again when it changes");
        }
        return new DeviceStatus(
                one.name(), port.map(Port::id), one.spec().file(), state, reasons);
    }

    private void compare(Wanted one, Port port, List<String> reasons) {
        if (port.owner().isPresent()) {
            return;
        }
        if (!one.reason().isEmpty()) {
            reasons.add("refused: " + one.reason());
        }
        reasons.addAll(ports.changes().differences(port));
        if (one.spec().linkCheck() && !port.link().up()) {
            reasons.add("the link is down");
        }
        int number = one.spec().number().orElse(port.id());
        if (port.id() != number) {
            reasons.add("port is %s, wanted %s, when it is attached next"
                    .formatted(port.id(), number));
        }
    }
}
