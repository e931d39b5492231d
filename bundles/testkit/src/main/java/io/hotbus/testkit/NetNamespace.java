// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of its own for the interfaces of a test. It needs root and iproute2. Closing
 * it removes it with its interfaces.
 */
public final class NetNamespace implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final String name;

    private NetNamespace(String name) {
        this.name = name;
    }

    /** Creates a namespace whose loopback interface is up. */
    public static NetNamespace create() throws IOException {
        final NetNamespace created = new NetNamespace(
                "hotbus-" + ProcessHandle.current().pid() + "-" + NUMBERS.getAndIncrement());
        execute(List.of("ip", "netns", "add", created.name));
        try {
            created.run("ip", "link", "set", "lo", "up");
        } catch (IOException e) {
            created.close();
            throw e;
        }
        return created;
    }

    /** The name, as {@code ip netns} takes it. */
    public String name() {
        return name;
    }

    /**
     * Runs a command in the namespace, and returns what it prints.
     *
     * @throws IOException the command failed; the message has what it printed
     */
    public String run(String... command) throws IOException {
        final List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(List.of(command));
        return execute(whole);
    }

    private static String execute(List<String> command) throws IOException {
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output = new String(process.getInputStream().readAllBytes());
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return output;
    }

    /**
     * Calls {@code body} on a new thread in the namespace, and returns its result. Threads that the
     * body starts are in the namespace, too.
     */
    public <T> T call(Callable<T> body) throws Exception {
        final FutureTask<T> task = new FutureTask<>(() -> {
            TestOs.linux().enterNetworkNamespace("/run/netns/" + name);
            return body.call();
        });
        new Thread(task, "in-" + name).start();
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (Exception) e.getCause();
        }
    }

    @Override
    public void close() throws IOException {
        execute(List.of("ip", "netns", "del", name));
    }
}
