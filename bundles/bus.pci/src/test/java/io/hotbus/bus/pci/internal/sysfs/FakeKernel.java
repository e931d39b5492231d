// SPDX-License-Identifier: Apache-2.0
package io.hotbus.bus.pci.internal.sysfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** A thread that executes the writes to bind, unbind and drivers_probe of a {@link FakeSysfs}. */
public final class FakeKernel implements AutoCloseable {
    /** What was done: {@code unbind e1000e 0000:03:00.0}. */
    public final List<String> calls = new CopyOnWriteArrayList<>();
    /** Whether functions may be bound: not in the first moments of their stay. */
    public volatile boolean bindable = true;
    /** The driver that takes a function that has no override. */
    public volatile Optional<String> nativeDriver = Optional.empty();
    private final FakeSysfs sysfs;
    private final Path drivers;
    private final Thread thread = new Thread(this::run, "fake-kernel");
    private volatile boolean stopped;

    public FakeKernel(FakeSysfs sysfs) {
        this.sysfs = sysfs;
        this.drivers = sysfs.root().resolve("bus/pci/drivers");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                taken(drivers.resolveSibling("drivers_probe")).ifPresent(this::probe);
                for (Path driver : drivers()) {
                    String name = driver.getFileName().toString();
                    taken(driver.resolve("unbind")).ifPresent(address -> unbind(name, address));
                    taken(driver.resolve("bind")).ifPresent(address -> bind(name, address));
                }
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(200));
            }
        } catch (IOException e) {
            calls.add(e.toString());
        }
    }

    private List<Path> drivers() throws IOException {
        try (Stream<Path> entries = Files.list(drivers)) {
            return entries.toList();
        }
    }

    /** What was written; the file is empty before it is acted on, for the next to write. */
    private static Optional<String> taken(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file).strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Files.writeString(file, "");
        return Optional.of(text);
    }

    private void unbind(String driver, String address) {
        calls.add("unbind " + driver + " " + address);
        sysfs.bind(address, Optional.empty());
    }

    private void bind(String driver, String address) {
        if (bindable && override(address).equals(Optional.of(driver))) {
            calls.add("bind " + driver + " " + address);
            sysfs.bind(address, Optional.of(driver));
        }
    }

    /** What the kernel does by itself, once a function is ready. */
    public void probe(String address) {
        Optional<String> driver = override(address).or(() -> nativeDriver);
        calls.add("probe " + driver.orElse("none") + " " + address);
        driver.filter(name -> Files.isDirectory(drivers.resolve(name)))
                .ifPresent(name -> sysfs.bind(address, Optional.of(name)));
    }

    /** The function's override, if one is set. */
    public Optional<String> override(String address) {
        try {
            return Optional.of(
                    Files.readString(sysfs.home(address).resolve("driver_override")).strip())
                    .filter(text -> !text.isEmpty() && !text.equals("(null)"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
