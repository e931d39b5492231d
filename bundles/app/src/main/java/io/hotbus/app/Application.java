// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import java.util.Hashtable;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one command of the launcher on its own thread after the framework has started all bundles,
 * and ends the process with the command's exit code: 0 done, 1 failed, 2 wrong arguments.
 *
 * <p>The process ends by {@link System#exit}, whose shutdown hook stops the framework: every
 * component then undoes what it did, in order.
 *
 * <p>Each application is also a service with the property {@value Arguments#COMMAND}, so that the
 * launcher sees that its command has begun, and {@value #READY} once the command is {@link #ready}.
 */
public final class Application implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Application.class);
    /** Property of the service: the command does its work. */
    public static final String READY = "hotbus.ready";
    private static final long CLOSE_SECONDS = 10;
    private static final long STATE_MILLIS = 100;
    /** System property: the exit code of the process, set just before it exits. */
    private static final String EXIT_CODE = "hotbus.exit.code";
    /** System property: how users call the launcher. */
    private static final String PROGRAM = "hotbus.program";
    /** Framework property: the words that ask for help, if they differ from the command's. */
    private static final String USAGE = "hotbus.usage";

    /** The work of a command. */
    @ConsumerType
    @FunctionalInterface
    public interface Body {
        /**
         * Runs the command and returns the exit code, or empty if the process continues. An
         * exception is printed as one sentence. When interrupted, this method returns soon.
         */
        OptionalInt run() throws Exception;
    }

    /** The work of a command that says when it has begun, as services of systemd do. */
    @ConsumerType
    @FunctionalInterface
    public interface Service {
        /** Like {@link Body#run}; calls {@link Application#ready} of {@code self} once. */
        OptionalInt run(Application self) throws Exception;
    }

    private final String command;
    private final BundleContext context;
    private final Service body;
    private final IntConsumer exit;
    private final Thread thread;
    private final SynchronousBundleListener shutdown = this::onBundleEvent;
    private volatile boolean closing;
    private volatile ServiceRegistration<Application> registration;

    private Application(String command, BundleContext context, Service body, IntConsumer exit) {
        this.command = command;
        this.context = context;
        this.body = body;
        this.exit = exit;
        this.thread = new Thread(this::run, command);
        this.thread.setDaemon(true);
    }

    /** Runs {@code body} as the launcher's command {@code command}. */
    public static Application start(String command, BundleContext context, Body body) {
        return start(command, context, self -> body.run());
    }

    /** Does the same with a body that says when it is ready. */
    public static Application start(String command, BundleContext context, Service body) {
        // The shutdown hook waits for the bundles to stop, so a bundle's thread must not call exit.
        return start(command, context, body,
                code -> new Thread(() -> exit(code), "exit").start());
    }

    /** Publishes the exit code, since the JVM does not, for code that cuts the shutdown short. */
    private static void exit(int code) {
        System.setProperty(EXIT_CODE, String.valueOf(code));
        System.exit(code);
    }

    static Application start(
            String command, BundleContext context, Service body, IntConsumer exit) {
        Application application = new Application(command, context, body, exit);
        context.addBundleListener(application.shutdown);
        application.registration = context.registerService(Application.class, application,
                new Hashtable<>(Map.of(Arguments.COMMAND, command)));
        application.thread.start();
        return application;
    }

    private void run() {
        OptionalInt code;
        try {
            awaitFramework();
            code = body.run(this);
        } catch (UsageException e) {
            System.err.printf(
                    "hotbus: %s (see %s %s --help)%n", e.getMessage(),
                    System.getProperty(PROGRAM, "launcher/hotbus"), usage());
            code = OptionalInt.of(2);
        } catch (InterruptedException e) {
            code = OptionalInt.of(1);
        } catch (OutputClosedException e) {
            code = OptionalInt.of(OutputClosedException.EXIT_CODE);
        } catch (Throwable e) { // an Error, too: no other thread would end the process
            if (!closing) {
                LOG.debug("{} failed", command, e);
                System.err.println("hotbus: " + sentence(e));
            }
            code = OptionalInt.of(1);
        }
        if (code.isPresent() && !closing) {
            exit.accept(code.getAsInt());
        }
    }

    /**
     * Says that the command has set up everything and does its work. The service gets the property
     * {@value #READY}. The thread of the command.
     */
    public void ready() {
        try {
            registration.setProperties(
                    new Hashtable<>(Map.of(Arguments.COMMAND, command, READY, true)));
        } catch (IllegalStateException e) {
            LOG.trace("{} ends already", command, e);
        }
    }

    private String usage() {
        String words = context.getProperty(USAGE);
        return words == null ? command : words;
    }

    private static String sentence(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            return "the JVM has not enough memory: " + e.getMessage()
                    + " (HOTBUS_JAVA_OPTS=-Xmx2g gives it 2 GiB of heap)";
        }
        return e instanceof Exception && e.getMessage() != null ? e.getMessage() : e.toString();
    }

    private void awaitFramework() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        FrameworkListener listener = event -> {
            if (event.getType() == FrameworkEvent.STARTED) {
                started.countDown();
            }
        };
        context.addFrameworkListener(listener);
        try {
            // The event may be late: it is delivered after other listeners, and one may hang.
            while (context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() != Bundle.ACTIVE
                    && !started.await(STATE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.trace("{} waits for the framework", command);
            }
        } finally {
            context.removeFrameworkListener(listener);
        }
    }

    /** Ends the command when the framework stops, before any bundle that it may use stops. */
    private void onBundleEvent(BundleEvent event) {
        if (event.getType() == BundleEvent.STOPPING
                && event.getBundle().getBundleId() == Constants.SYSTEM_BUNDLE_ID) {
            close();
        }
    }

    /** Interrupts the command and waits until it has returned. Idempotent. */
    @Override
    public void close() {
        closing = true;
        context.removeBundleListener(shutdown);
        withdraw();
        thread.interrupt();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.warn("{} did not end within {} s", command, CLOSE_SECONDS);
        }
    }

    private void withdraw() {
        try {
            registration.unregister();
        } catch (IllegalStateException e) {
            LOG.trace("{} was closed before, or its bundle has stopped", command, e);
        }
    }
}
