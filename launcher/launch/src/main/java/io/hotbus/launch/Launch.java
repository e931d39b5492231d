// SPDX-License-Identifier: Apache-2.0
package io.hotbus.launch;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.zip.ZipException;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.slf4j.LoggerFactory;

/** One run of the framework, from the first bundle to the end of the process. */
final class Launch {
    /** Framework property: the command. Also a property of the service that runs the command. */
    static final String COMMAND = "hotbus.command";
    /** Framework property: the command's arguments, joined by {@link #SEPARATOR}. */
    private static final String ARGUMENTS = "hotbus.args";
    /** Property of the service that takes a consumer of the lines of the standard error. */
    private static final String CONSOLE = "hotbus.console";
    /** Property of the service that takes what sends records to the journal. */
    private static final String JOURNAL = "hotbus.journal";
    private static final String SEPARATOR = "\u001f";
    /**
     * Prefixes of the system properties that are framework properties, in addition to those in its
     * file.
     */
    private static final List<String> OWN_PREFIXES =
            List.of("felix.", "org.osgi.", "hotbus.rehearsal.");

    private static final Duration HUNG_STOP_LIMIT = Duration.ofSeconds(5);

    private final Path home;
    private final ErrorLines errors;
    private final Duration stopLimit;
    private volatile Optional<Framework> framework = Optional.empty();
    private volatile String command = "";
    private volatile boolean started;

    /**
     * @param errors    the standard error, whose lines a shell may print
     * @param stopLimit how long the end of the process waits for the bundles to stop
     */
    Launch(Path home, ErrorLines errors, Duration stopLimit) {
        this.home = home;
        this.errors = errors;
        this.stopLimit = stopLimit;
    }

    /**
     * Installs and starts the product. When this returns, the framework has reached its last start
     * level.
     *
     * @throws LaunchException the product cannot be used; the message says what is wrong
     */
    void start(Path cache, String[] arguments) throws LaunchException, InterruptedException {
        Product product = new Product(home);
        product.requireLibraries();
        Thread logging = new Thread(LoggerFactory::getILoggerFactory, "logging");
        logging.start(); // reads its configuration meanwhile
        command = arguments.length == 0 ? "" : arguments[0];
        Framework fresh = ServiceLoader.load(FrameworkFactory.class).findFirst().orElseThrow()
                .newFramework(configuration(cache, arguments));
        try {
            fresh.init();
        } catch (BundleException e) {
            throw LaunchException.missing(
                    "the bundle cache " + cache + " cannot be used: " + Sentences.of(e), e);
        }
        framework = Optional.of(fresh);
        Consumer<Consumer<String>> redirect = errors::redirect;
        fresh.getBundleContext().registerService(Consumer.class, redirect,
                new Hashtable<>(Map.of(CONSOLE, "errors")));
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
        install(fresh.getBundleContext(), product.jars(command));
        logging.join();
        JournalAppender.find().ifPresent(appender -> {
            Consumer<Predicate<byte[]>> send = appender::sendBy;
            fresh.getBundleContext().registerService(Consumer.class, send,
                    new Hashtable<>(Map.of(JOURNAL, "records")));
        });
        try {
            fresh.start();
            started = true;
        } catch (BundleException e) {
            throw LaunchException.missing(
                    "the framework does not start: " + Sentences.of(e), e);
        }
    }

    private Map<String, String> configuration(Path cache, String[] arguments)
            throws LaunchException {
        Path file = home.resolve("etc/felix.properties");
        Properties properties = new Properties();
        try (Reader in = Files.newBufferedReader(file)) {
            properties.load(in);
        } catch (IOException | IllegalArgumentException e) {
            throw LaunchException.missing(file + " cannot be read: " + Sentences.of(e), e);
        }
        for (String name : System.getProperties().stringPropertyNames()) {
            if (OWN_PREFIXES.stream().anyMatch(name::startsWith)) {
                properties.setProperty(name, System.getProperty(name));
            }
        }
        Map<String, String> configuration = new HashMap<>();
        properties.stringPropertyNames()
                .forEach(name -> configuration.put(name, properties.getProperty(name)));
        configuration.put(Constants.FRAMEWORK_STORAGE, cache.resolve("bundles").toString());
        configuration.put("felix.fileinstall.tmpdir", cache.resolve("fileinstall").toString());
        configuration.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL,
                String.valueOf(Product.LAST_LEVEL));
        configuration.put("felix.startlevel.bundle", String.valueOf(Product.LAST_LEVEL));
        configuration.put(COMMAND, command);
        configuration.put(ARGUMENTS,
                Arrays.stream(arguments).skip(1).collect(Collectors.joining(SEPARATOR)));
        return configuration;
    }

    private static void install(BundleContext context, List<Product.Jar> jars)
            throws LaunchException {
        List<Bundle> installed = new ArrayList<>();
        for (Product.Jar jar : jars) {
            try {
                Bundle bundle = context.installBundle(jar.file().toUri().toString());
                bundle.adapt(BundleStartLevel.class).setStartLevel(jar.startLevel());
                installed.add(bundle);
            } catch (BundleException e) {
                throw LaunchException.missing(jar.file() + " cannot be installed: "
                        + Sentences.of(e) + cure(e), e);
            }
        }
        for (Bundle bundle : installed) {
            start(bundle);
        }
    }

    private static String cure(BundleException failure) {
        return Sentences.innermost(failure) instanceof ZipException
                ? " (it is damaged: rm -r launcher/target, and build again)" : "";
    }

    /** Marks the bundle to start at its start level. */
    private static void start(Bundle bundle) throws LaunchException {
        try {
            int types = bundle.adapt(BundleRevision.class).getTypes();
            if ((types & BundleRevision.TYPE_FRAGMENT) == 0) {
                bundle.start(Bundle.START_ACTIVATION_POLICY);
            }
        } catch (BundleException e) {
            throw LaunchException.missing(
                    bundle.getSymbolicName() + " cannot be started: " + Sentences.of(e), e);
        }
    }

    /** Whether a bundle has taken over the command; it registers a service then. */
    boolean commandHasBegun() {
        try {
            BundleContext context = framework.map(Framework::getBundleContext).orElse(null);
            return context != null && context.getAllServiceReferences(
                    null, "(" + COMMAND + "=" + command + ")") != null;
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // the launcher lets no such command pass
        }
    }

    String command() {
        return command;
    }

    /** The bundles that are not started, with their states; fragments never are. */
    List<String> notStarted() {
        BundleContext context = framework.map(Framework::getBundleContext).orElse(null);
        return context == null ? List.of() : Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getState() != Bundle.ACTIVE
                        && bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
                .map(bundle -> bundle.getSymbolicName()
                        + (bundle.getState() == Bundle.STARTING ? " (starting)" : ""))
                .toList();
    }

    /** Waits until the framework has stopped. */
    void waitForStop() throws InterruptedException {
        if (framework.isPresent()) {
            framework.get().waitForStop(0);
        }
    }

    /**
     * Stops the framework at the end of the process. A bundle that does not stop is named and
     * abandoned: the process still ends with its exit code.
     */
    private void stop() {
        errors.restore();
        // A start that hangs blocks the stop, too.
        Duration limit = started || stopLimit.compareTo(HUNG_STOP_LIMIT) < 0 ? stopLimit
                : HUNG_STOP_LIMIT;
        Thread stopping = new Thread(() -> {
            try {
                framework.orElseThrow().stop();
                waitForStop();
            } catch (BundleException | InterruptedException e) {
                System.err.println("hotbus: the framework does not stop: " + Sentences.of(e));
            }
        }, "stop");
        stopping.setDaemon(true);
        stopping.start();
        try {
            stopping.join(limit.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopping.isAlive()) {
            System.err.printf("hotbus: not all has stopped within %s s, and is left behind: %s%n",
                    limit.toSeconds(), Hang.where());
        }
    }
}
