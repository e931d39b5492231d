// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.cli.Shell;
import io.hotbus.cli.Verb;
import io.hotbus.eal.bus.DeviceException;
import io.hotbus.testkit.TestShell;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandFileTest {
    private final List<String> run = new ArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Shell shell = TestShell.of(() -> List.of(
            Verb.of("set fwd ENGINE", "", words -> {
                run.add(words.get(0));
                if (words.get(0).equals("warp")) {
                    throw new IllegalArgumentException("no such engine");
                }
                return "Set " + words.get(0);
            }),
            Verb.of("start", "", words -> "started"), Verb.of("quit", "", words -> "gone")));
    @TempDir
    private Path folder;

    private CommandFile file(String text) throws Exception {
        return CommandFile.read(Files.writeString(folder.resolve("f"), text), shell);
    }

    private boolean execute(String text) throws Exception {
        return file(text).execute(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @Test
    void shouldExecuteEachLineAndShowIt() throws Exception {
        assertThat(execute("# a comment\n\n  set  fwd mac # another\nstart\n")).isFalse();

        assertThat(run).containsExactly("mac");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo("hotbus> set fwd mac\nSet mac\nhotbus> start\nstarted\n");
    }

    @Test
    void shouldEndAtQuit() throws Exception {
        assertThat(execute("set fwd io\nquit\nset fwd mac")).isTrue();
        assertThat(run).containsExactly("io");
    }

    @Test
    void shouldNameEachMisspeltLineAndItsWordAndExecuteNothing() {
        Path file = folder.resolve("f");
        assertThatThrownBy(() -> execute("start\nstrat now\nset fw mac\nset fwd\n"))
                .isInstanceOf(DeviceException.class).hasMessage(
                        file + ":2: 'strat' is wrong: 'strat' is not a verb (did you mean start? "
                        + "'help' lists the verbs)\n"
                        + file + ":3: 'fw' is wrong: 'set fw mac' is not understood, valid: "
                        + "set fwd ENGINE\n"
                        + file + ":4: a word is missing: 'set fwd' is not understood, valid: "
                        + "set fwd ENGINE\n"
                        + "nothing of " + file + " was executed");
        assertThat(printed.size()).isZero();
    }

    @Test
    void shouldGoOnAfterARefusedCommandAndFailAtTheEnd() {
        assertThatThrownBy(() -> execute("set fwd warp\nset fwd mac\n"))
                .isInstanceOf(DeviceException.class).hasMessage("1 of 2 commands failed: "
                        + folder.resolve("f") + ":1: 'set fwd warp': no such engine");
        assertThat(run).containsExactly("warp", "mac");
    }

    @Test
    void shouldSayThatThereIsNoFile() {
        Path none = folder.resolve("none");
        assertThatThrownBy(() -> CommandFile.read(none, shell)).isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("--cmdline-file " + none + ": cannot be read: ");
    }
}
