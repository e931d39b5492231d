// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hotbus.cli.Shell;
import io.hotbus.testpmd.Options;
import io.hotbus.testpmd.rig.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/testpmd.md says is accepted, is accepted; what is not there, is not. */
class TestpmdTableTest {
    private static final Pattern ROW =
            Pattern.compile("\\| `([^`]+)` \\| (works|differs|not there) \\| (.*) \\|");
    /** Options that the launcher answers. */
    private static final List<String> LAUNCHER = List.of("--help");

    /** A verb or an option, and whether it is accepted. */
    private record Row(String syntax, boolean accepted, String note) {
        boolean isOption() {
            return syntax.startsWith("--");
        }
    }

    private static List<Row> rows() throws Exception {
        Path page = Stream.of("docs/testpmd.md", "../docs/testpmd.md", "../../docs/testpmd.md")
                .map(Path::of).filter(Files::exists).findFirst().orElseThrow();
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(page)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                rows.add(new Row(row.group(1).replace("\\|", "|"),
                        !row.group(2).equals("not there"), row.group(3)));
            }
        }
        return rows;
    }

    @Test
    void shouldTakeEveryVerbThatWorks() throws Exception {
        try (Rig rig = new Rig()) {
            Shell shell = CommandAccess.commands(rig, () -> { });
            List<Row> verbs = rows().stream().filter(row -> !row.isOption()).toList();
            assertThat(verbs).hasSizeGreaterThan(240);
            for (Row row : verbs) {
                if (row.accepted()) {
                    for (List<String> words : lines(row.syntax())) {
                        assertThat(shell.mistake(words)).as("%s", words).isEmpty();
                    }
                } else {
                    assertThat(row.note()).as(row.syntax()).isNotBlank();
                }
            }
        }
    }

    @Test
    void shouldTakeEveryOptionThatWorks() throws Exception {
        List<Row> options = rows().stream().filter(Row::isOption).toList();
        assertThat(options).hasSizeGreaterThan(90);
        for (Row row : options) {
            String name = row.syntax().split("[=: <]")[0];
            assertThat(Options.NAMES.contains(name) || LAUNCHER.contains(name)).as(name)
                    .isEqualTo(row.accepted());
        }
    }

    /** Each choice of the words in brackets. */
    private static List<List<String>> lines(String syntax) {
        List<List<String>> lines = new ArrayList<>(List.of(List.of()));
        for (String word : syntax.split(" ")) {
            String inner = word.startsWith("(") ? word.substring(1, word.indexOf(')')) : word;
            List<List<String>> longer = new ArrayList<>();
            for (List<String> line : lines) {
                for (String choice : inner.split("\\|")) {
                    longer.add(Stream.concat(line.stream(), Stream.of(choice)).toList());
                }
            }
            lines = longer;
        }
        return lines;
    }
}
