// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import io.hotbus.app.OutputClosedException;
import io.hotbus.cli.Mistake;
import io.hotbus.cli.Shell;
import io.hotbus.eal.bus.DeviceException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A file of commands ({@code --cmdline-file}), one on each line, in words that blanks separate; a
 * word that begins with # begins a comment. Unlike testpmd, which passes over a line that it does
 * not understand, nothing is executed if a line is wrong.
 */
final class CommandFile {
    private static final String QUIT = "quit";

    /** A line with its number and words. */
    private record Line(int number, List<String> words) {
        String text() {
            return String.join(" ", words);
        }
    }

    private final Path file;
    private final Shell shell;
    private final List<Line> lines;

    private CommandFile(Path file, Shell shell, List<Line> lines) {
        this.file = file;
        this.shell = shell;
        this.lines = lines;
    }

    /**
     * Reads and checks the file.
     *
     * @throws DeviceException the file cannot be read, or a line is no command; the message names
     *     each such line and its wrong word
     */
    static CommandFile read(Path file, Shell shell) throws DeviceException {
        CommandFile commands = new CommandFile(file, shell, lines(file));
        List<String> mistakes = commands.lines.stream()
                .flatMap(line -> commands.mistake(line).stream()).toList();
        if (!mistakes.isEmpty()) {
            throw new DeviceException(String.join("\n", mistakes)
                    + "\nnothing of %s was executed".formatted(file));
        }
        return commands;
    }

    private static List<Line> lines(Path file) throws DeviceException {
        List<String> texts;
        try {
            texts = Files.readAllLines(file);
        } catch (IOException e) {
            throw new DeviceException("--cmdline-file %s: cannot be read: %s".formatted(file, e),
                    e);
        }
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<String> words = words(texts.get(i));
            if (!words.isEmpty()) {
                lines.add(new Line(i + 1, words));
            }
        }
        return lines;
    }

    private static List<String> words(String line) {
        return Arrays.stream(line.strip().split("\\s+"))
                .takeWhile(word -> !word.startsWith("#")).filter(word -> !word.isEmpty()).toList();
    }

    private Optional<String> mistake(Line line) {
        return shell.mistake(line.words).map(mistake -> "%s:%s: %s%s".formatted(file, line.number,
                place(mistake), mistake.message()));
    }

    private static String place(Mistake mistake) {
        return mistake.word().isEmpty() ? "a word is missing: "
                : "'%s' is wrong: ".formatted(mistake.word());
    }

    /**
     * Executes the commands and prints each with its answer. A command that is refused is reported,
     * and the next one is executed, as in testpmd.
     *
     * @return whether the file ended with {@code quit}
     * @throws DeviceException commands were refused; thrown at the end, the message names them
     */
    boolean execute(PrintStream out) throws DeviceException, InterruptedException {
        List<String> refused = new ArrayList<>();
        boolean quit = false;
        for (Line line : lines) {
            out.println("hotbus> " + line.text());
            quit = line.text().equals(QUIT);
            if (quit) {
                out.println("Bye");
                break;
            }
            run(line, out).ifPresent(refused::add);
            OutputClosedException.check(out);
        }
        if (!refused.isEmpty()) {
            throw new DeviceException("%s of %s commands failed: %s".formatted(refused.size(),
                    lines.size(), refused.stream().collect(Collectors.joining("; "))));
        }
        return quit;
    }

    /** Returns where and why the command was refused. */
    private Optional<String> run(Line line, PrintStream out) throws InterruptedException {
        try {
            out.println(shell.run(line.words, Path.of("")));
            return Optional.empty();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            out.println(why);
            return Optional.of("%s:%s: '%s': %s".formatted(file, line.number, line.text(), why));
        }
    }
}
