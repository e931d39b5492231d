// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import io.hotbus.app.Application;
import io.hotbus.app.Arguments;
import io.hotbus.app.Await;
import io.hotbus.app.OutputClosedException;
import io.hotbus.app.UsageException;
import io.hotbus.cli.Shell;
import io.hotbus.eal.bus.Devargs;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.ethdev.Port;
import io.hotbus.testpmd.Forwarder;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.PortManager;
import io.hotbus.testpmd.Reattach;
import io.hotbus.testpmd.Rehearsal;
import io.hotbus.testpmd.internal.command.ForwardStatistics;
import io.hotbus.testpmd.internal.command.StatsText;
import io.hotbus.testpmd.internal.deployment.Deployer;
import io.hotbus.testpmd.internal.deployment.StartOptions;
import io.hotbus.testpmd.internal.eventlog.EventLog;
import io.hotbus.testpmd.internal.port.PortRemover;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The launcher's commands {@code run} and {@code shell}: attaches the devices of the command line;
 * then {@code run} executes the commands of {@code --exec}, or without these forwards and prints
 * statistics until it is interrupted; {@code shell} leaves everything else to its user.
 */
@Component(service = {})
public final class Runner {
    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
    /** Framework property: {@code false} where the shell's commands come by a pipe. */
    private static final String TERMINAL = "hotbus.terminal";
    /** How long to try to attach a device of the command line after an update. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final BundleContext context;
    private final Options options;
    private final PortManager ports;
    private final Forwarder forwarder;
    private final CommandProcessor processor;
    private final EventLog eventLog;
    private final Rehearsal rehearsal;
    private final Shell verbs;
    private final Deployer deployer;
    private final PrintStream out = stream(FileDescriptor.out);
    /**
     * Whether a bundle that this one needs was updated: the process and the operator's work
     * continue.
     */
    private final boolean restarted;
    private final boolean terminal;
    private final Optional<Application> application;

    /**
     * {@code remover} and {@code reattach} are references because they must be there before the
     * first device.
     */
    @Activate
    public Runner(BundleContext context, @Reference Options options, @Reference PortManager ports,
            @Reference Forwarder forwarder, @Reference CommandProcessor processor,
            @Reference PortRemover remover, @Reference Reattach reattach,
            @Reference EventLog eventLog, @Reference Rehearsal rehearsal,
            @Reference Shell verbs, @Reference Deployer deployer) {
        this.context = context;
        this.options = options;
        this.ports = ports;
        this.forwarder = forwarder;
        this.processor = processor;
        this.eventLog = eventLog;
        this.rehearsal = rehearsal;
        this.verbs = verbs;
        this.deployer = deployer;
        this.restarted =
                context.getBundle(Constants.SYSTEM_BUNDLE_ID).getState() == Bundle.ACTIVE;
        this.terminal = !"false".equals(context.getProperty(TERMINAL));
        String command = Arguments.command(context);
        this.application = switch (command) {
            case "run" -> Optional.of(Application.start(command, context, this::run));
            case "shell" -> Optional.of(Application.start(command, context, this::shell));
            default -> Optional.empty();
        };
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true);
    }

    @Deactivate
    void deactivate() {
        application.ifPresent(Application::close);
    }

    /**
     * Runs the shell: a user types at a terminal into Gogo's own shell, or the commands come by a
     * pipe.
     */
    private OptionalInt shell() throws Exception {
        if (begin()) {
            return OptionalInt.of(0);
        }
        if (options.autoStart() && !forwarder.running()) {
            forwarder.start(options.txFirst());
        }
        if (terminal) {
            return awaitGogo();
        }
        new Script(processor, out, stream(FileDescriptor.err)).executeAll(new Lines(
                new BufferedReader(new InputStreamReader(
                        new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8))));
        return OptionalInt.of(0);
    }

    /**
     * Waits for the end of Gogo's shell, for example by Ctrl-D. The activator of its bundle has
     * started the shell.
     */
    private static OptionalInt awaitGogo() throws InterruptedException {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("Gogo shell")) {
                thread.join();
                return OptionalInt.of(0);
            }
        }
        return OptionalInt.empty();
    }

    private OptionalInt run(Application self) throws Exception {
        if (begin()) {
            return OptionalInt.of(0);
        }
        if (options.exec().isPresent()) {
            if (options.autoStart() && !forwarder.running()) {
                forwarder.start(options.txFirst());
            }
            self.ready();
            new Script(processor, out, stream(FileDescriptor.err))
                    .execute(options.exec().get());
        } else {
            forwardUntilInterrupted(self);
        }
        return OptionalInt.of(0);
    }

    /**
     * Attaches the devices and executes the file of commands, which is checked before a device is
     * touched. Returns whether the file said {@code quit}.
     */
    private boolean begin() throws DeviceException, UsageException, InterruptedException {
        Optional<CommandFile> file = Optional.empty();
        if (options.commandFile().isPresent() && !restarted) {
            file = Optional.of(CommandFile.read(options.commandFile().get(), verbs));
        }
        attachDevices();
        return file.isPresent() && file.get().execute(out);
    }

    private void attachDevices()
            throws DeviceException, UsageException, InterruptedException {
        eventLog.requireOpen();
        if (!restarted) {
            requireStartable();
            boolean real = !options.allowed().isEmpty() || deployer.describesRealDevices();
            if (real && options.startDevices() && options.hotPlug()) {
                rehearsal.play(); // before the first real device is attached
            }
        }
        for (String text : options.devices()) {
            Devargs devargs = Devargs.parse(text);
            if (restarted) {
                attachAgain(devargs);
            } else {
                ports.attach(devargs);
            }
        }
        deployer.begin();
    }

    /** Reports errors of command line and file of forwarding before a device is touched. */
    private void requireStartable() throws UsageException {
        try {
            forwarder.requireStartable();
        } catch (DeviceException e) {
            throw new UsageException(StartOptions.told(context, e.getMessage()));
        }
    }

    /** Retries: the bundles that the device needs may still be starting. */
    private void attachAgain(Devargs devargs) throws InterruptedException {
        AtomicReference<String> reason = new AtomicReference<>();
        boolean attached = Await.until(() -> {
            try {
                if (forwarder.ports().stream().noneMatch(p -> p.name().equals(devargs.name()))) {
                    ports.attach(devargs);
                }
                return true;
            } catch (DeviceException e) {
                reason.set(e.getMessage());
                return false;
            }
        }, PATIENCE);
        if (!attached) {
            LOG.error("{}: not attached again after an update: {}", devargs, reason.get());
        }
    }

    private void forwardUntilInterrupted(Application self) throws Exception {
        if (!forwarder.running()) {
            forwarder.start(options.txFirst());
        }
        self.ready();
        StatsText stats = new StatsText();
        CountDownLatch never = new CountDownLatch(1);
        long period = options.statsPeriod().isZero() ? Long.MAX_VALUE
                : options.statsPeriod().toMillis();
        try {
            while (!never.await(period, TimeUnit.MILLISECONDS)) {
                for (Port port : forwarder.ports()) {
                    out.println(stats.of(port));
                }
                OutputClosedException.check(out);
            }
        } finally {
            forwarder.stop();
            out.println(ForwardStatistics.of(forwarder).text());
        }
    }
}
