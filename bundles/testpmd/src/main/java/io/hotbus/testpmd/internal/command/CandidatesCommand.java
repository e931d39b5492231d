// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import io.hotbus.eal.bus.Device;
import io.hotbus.eal.bus.DeviceManager;
import io.hotbus.eal.hotplug.RemovalInjector;
import io.hotbus.ethdev.PortRegistry;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * {@code candidates WORDS INDEX}: what may stand at that place of a command line, for the shell's
 * completion. It is made from the verbs' own forms; parameters become the names there are now.
 */
@Component(service = Function.class,
        property = {Command.SCOPE, Command.FUNCTION + "candidates"})
public final class CandidatesCommand implements Function {
    private final DeviceManager devices;
    private final PortRegistry registry;
    @Reference
    private volatile List<Command> commands;
    @Reference
    private volatile List<RemovalInjector> injectors;

    @Activate
    public CandidatesCommand(@Reference DeviceManager devices, @Reference PortRegistry registry) {
        this(devices, registry, List.of(), List.of());
    }

    CandidatesCommand(DeviceManager devices, PortRegistry registry, List<Command> commands,
            List<RemovalInjector> injectors) {
        this.devices = devices;
        this.registry = registry;
        this.commands = commands;
        this.injectors = injectors;
    }

    @Override
    public Object execute(CommandSession session, List<Object> arguments) {
        List<String> words = ((List<?>) arguments.get(0)).stream().map(String::valueOf).toList();
        return candidates(words.subList(0, ((Number) arguments.get(1)).intValue()));
    }

    /** @param before the verb and the words up to where the next one is to stand */
    List<String> candidates(List<String> before) {
        String verb = before.get(0).substring(before.get(0).indexOf(':') + 1);
        List<String> words = before.subList(1, before.size());
        return commands.stream().filter(command -> command.verb().equals(verb))
                .flatMap(command -> command.forms().stream())
                .flatMap(form -> form.next(words).stream())
                .flatMap(this::values).distinct().sorted().toList();
    }

    /** A literal as it is, and the values of a parameter. */
    private Stream<String> values(String word) {
        return switch (word) {
            case "ID" -> registry.ports().stream().map(port -> Integer.toString(port.id()));
            case "NAME" -> Stream.concat(devices.devices().stream().map(Device::name),
                    injectors.stream().flatMap(injector -> injector.slots().stream())
                            .map(RemovalInjector.Slot::name));
            default -> word.equals(word.toLowerCase(Locale.ROOT)) ? Stream.of(word)
                    : Stream.empty();
        };
    }
}
