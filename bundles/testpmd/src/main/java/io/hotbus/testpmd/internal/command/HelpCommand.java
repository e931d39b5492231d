// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code help}: every way to use every verb, one line each. */
@Component(service = Function.class, property = {Command.SCOPE, Command.FUNCTION + "help"})
public final class HelpCommand extends Command {
    @Reference
    private volatile List<Command> commands;

    @Activate
    public HelpCommand() {
        this(List.of());
    }

    HelpCommand(List<Command> commands) {
        this.commands = commands;
    }

    @Override
    String verb() {
        return "help";
    }

    @Override
    List<Form> forms() {
        return List.of(
                new Form("", "this list", words -> help(all())),
                new Form("VERB", "the lines of one verb", words -> helpOn(words.get(0))));
    }

    private List<Command> all() {
        List<Command> all = new ArrayList<>(commands);
        all.add(this);
        all.sort(Comparator.comparing(Command::verb));
        return all;
    }

    private String helpOn(String verb) {
        List<Command> matching = all().stream().filter(c -> c.verb().equals(verb)).toList();
        if (matching.isEmpty()) {
            throw new IllegalArgumentException("'%s' is not a verb, there are: %s".formatted(verb,
                    all().stream().map(Command::verb).collect(Collectors.joining(", "))));
        }
        return help(matching);
    }

    private static String help(List<Command> commands) {
        return commands.stream().flatMap(command -> command.forms().stream()
                        .map(form -> "%-38s %s".formatted(command.line(form), form.help())))
                .collect(Collectors.joining("\n"));
    }
}
