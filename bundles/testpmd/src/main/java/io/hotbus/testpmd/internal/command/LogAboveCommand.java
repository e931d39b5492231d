// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.jline.reader.LineReader;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/**
 * {@code log-above READER}: lets the session's line reader print the process's log, above the line
 * that is being typed. The profile of the shell calls it. Nothing happens where the launcher did
 * not start the process, or without a terminal.
 */
@Component(service = Function.class, property = {
    "osgi.command.scope=hotbus", "osgi.command.function=" + LogAboveCommand.VERB})
public final class LogAboveCommand implements Function {
    static final String VERB = "log-above";

    private final Optional<Consumer<Consumer<String>>> redirect;

    /** {@code redirect} is the launcher's; null where the launcher did not start the process. */
    @Activate
    public LogAboveCommand(@Reference(target = "(hotbus.console=errors)",
            cardinality = ReferenceCardinality.OPTIONAL) Consumer<Consumer<String>> redirect) {
        this.redirect = Optional.ofNullable(redirect);
    }

    @Override
    public Object execute(CommandSession session, List<Object> arguments) {
        if (!arguments.isEmpty() && arguments.get(0) instanceof LineReader reader) {
            redirect.ifPresent(to -> to.accept(reader::printAbove));
        }
        return null;
    }
}
