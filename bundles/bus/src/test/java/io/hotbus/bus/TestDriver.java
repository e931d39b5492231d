// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus;

import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.Driver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A driver that does as the test says. The {@link TestBus} minds how it is called. */
final class TestDriver implements Driver {
    final List<String> calls = new CopyOnWriteArrayList<>();
    /** Devices it drives. */
    final Set<TestDevice> driven = ConcurrentHashMap.newKeySet();
    /** How well it is for the devices that begin with its name. */
    volatile int quality = 1;
    volatile TestBus.Hook onProbe = device -> { };
    volatile TestBus.Hook onRemove = device -> { };
    /** The devices whose return it looks out for. */
    final List<Devargs> awaited = new CopyOnWriteArrayList<>();
    /** Its service has gone: it is not to be called any more. */
    volatile boolean serviceGone;
    private final String name;

    TestDriver(String name) {
        this.name = name;
    }

    @Override
    public String name() {
        return name;
    }
}
