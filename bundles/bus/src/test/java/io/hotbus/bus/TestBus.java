// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.eal.hotplug.RemovalCause;
import io.hotbus.eal.hotplug.SigbusFault;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A bus of which every device there may be is there, {@code net0} being for a driver {@code net}.
 * It does as the test says, keeps a record in the log of {@link TestCore}, and minds the order it
 * is called in: a device is opened, probed, removed and closed, each once, a driver is in one call
 * at a time, and in none once its service is gone.
 */
final class TestBus extends AbstractBus<TestDevice, TestDriver> {
    static final String NAME = "test";

    /** Does something in the middle of a call. */
    @FunctionalInterface
    interface Hook {
        void run(TestDevice device) throws DeviceException;
    }

    /** Finds a device, or does not. */
    @FunctionalInterface
    interface Finder {
        TestDevice find(Devargs devargs) throws DeviceException;
    }

    /** What was done that must not be. */
    final List<String> complaints = new CopyOnWriteArrayList<>();
    /** Devices that are open. */
    final Set<TestDevice> open = ConcurrentHashMap.newKeySet();
    volatile Finder finder = TestDevice::new;
    volatile Hook onOpen = device -> { };
    volatile Hook onClose = device -> { };
    volatile boolean faultsAreRemovals = true;
    private final TestCore core;
    private final Set<String> inDriver = ConcurrentHashMap.newKeySet();

    TestBus(TestCore core, Duration patience) {
        super(NAME, TestDevice.class, core.services(), patience);
        this.core = core;
        core.handler = this;
    }

    TestDevice attachDevice(String devargs) throws DeviceException {
        return (TestDevice) attach(Devargs.parse(devargs));
    }

    /** A driver of that name, installed. */
    TestDriver install(String driver) {
        TestDriver installed = new TestDriver(driver);
        addDriver(installed, Map.of());
        return installed;
    }

    void uninstall(TestDriver driver) {
        removeDriver(driver);
        driver.serviceGone = true;
    }

    void unplug(String device) {
        reportRemoved(device, RemovalCause.UEVENT_REMOVE);
    }

    void stop() {
        closeBus();
    }

    @Override
    public boolean claims(Devargs devargs) {
        return bestDriver(new TestDevice(devargs)).isPresent();
    }

    @Override
    public void rescan() {
    }

    @Override
    protected TestDevice newDevice(Devargs devargs) throws DeviceException {
        return finder.find(devargs);
    }

    @Override
    protected int match(TestDriver driver, TestDevice device) {
        complainIf(driver.serviceGone, "asked what it is for when gone: " + driver.name());
        return device.name().startsWith(driver.name()) ? driver.quality : 0;
    }

    @Override
    protected String noDriver(TestDevice device, String installed) {
        return "%s: no driver (installed: %s)".formatted(device, installed);
    }

    @Override
    protected void open(TestDevice device) throws DeviceException {
        complainIf(!open.add(device), "opened twice: " + device);
        core.log.add("open " + device);
        onOpen.run(device);
    }

    @Override
    protected void probe(TestDriver driver, TestDevice device) throws DeviceException {
        call("probe", driver, device, driver.onProbe);
        complainIf(!driver.driven.add(device), "probed twice: " + device);
    }

    @Override
    protected void remove(TestDriver driver, TestDevice device) throws DeviceException {
        call("remove", driver, device, driver.onRemove);
        driver.driven.remove(device);
    }

    @Override
    protected Optional<TestDevice> away(Devargs devargs) {
        return Optional.of(new TestDevice(devargs));
    }

    @Override
    protected void awaitReturn(TestDriver driver, TestDevice device) {
        complainIf(driver.serviceGone, "service gone: awaitReturn " + device);
        driver.awaited.add(device.devargs());
    }

    private void call(String what, TestDriver driver, TestDevice device, Hook hook)
            throws DeviceException {
        String call = what + " " + device;
        complainIf(driver.serviceGone, "service gone: " + call);
        complainIf(!open.contains(device), "not open: " + call);
        complainIf(!inDriver.add(device.name()), "in another call: " + call);
        try {
            core.log.add(call);
            driver.calls.add(call);
            hook.run(device);
        } finally {
            inDriver.remove(device.name());
        }
    }

    @Override
    protected void close(TestDevice device) {
        complainIf(!open.remove(device), "not open, but closed: " + device);
        complainIf(inDriver.contains(device.name()), "closed inside its driver: " + device);
        complainIf(!device.windows().list().isEmpty() && !core.replaced.contains(device.windows()),
                "closed with windows on it: " + device);
        core.log.add("close " + device);
        try {
            onClose.run(device);
        } catch (DeviceException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected boolean isRemoval(TestDevice device, SigbusFault fault) {
        return faultsAreRemovals;
    }

    private void complainIf(boolean wrong, String complaint) {
        if (wrong) {
            complaints.add(complaint);
        }
    }
}
