// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.cli.Verb;
import io.hotbus.cli.Verbs;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private record Fan(int number, Optional<String> place, boolean on, Map<String, Long> rpm) {
    }

    private final Registry registry = new Registry();
    private final Verbs fans = () -> List.of(
            Verb.of("show fan NUMBER|all", "fans: {NUMBER}", words -> List.of(new Fan(
                    1, Optional.of("\"front\""), true, Map.of("now", 900L))), Object::toString)
                    .with("NUMBER", () -> List.of("1", "2")),
            Verb.of("fan NUMBER on|off [SECONDS]", "switch a fan", words -> words.list() + ""));

    private String run(String line) throws Exception {
        return registry.run(List.of(line.split(" ")), Path.of(""));
    }

    private void refused(String line, String why) {
        assertThatThrownBy(() -> run(line)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(why);
    }

    @Test
    void shouldParseCompleteAndHelpByOneDeclaration() throws Exception {
        registry.add(fans);
        assertThat(run("fan 1 on")).isEqualTo("[1, on]");
        assertThat(run("fan 1 off 5")).isEqualTo("[1, off, 5]");
        assertThat(registry.candidates(List.of())).contains("fan", "help", "show");
        assertThat(registry.candidates(List.of("show", "fan"))).containsExactly("1", "2", "all");
        assertThat(registry.candidates(List.of("fan", "9"))).containsExactly("off", "on");
        assertThat(run("help show")).matches("show fan NUMBER\\|all +fans: 1, 2");
        refused("fan 1 up", "'fan 1 up' is not understood, valid: fan NUMBER on|off [SECONDS]");
        refused("fan", "'fan' is not understood, valid: fan NUMBER on|off [SECONDS]");
    }

    @Test
    void shouldForgetTheVerbsOfAServiceThatWent() {
        registry.add(fans);
        registry.remove(fans);
        refused("show fan 1", "'show' is not a verb ('help' lists the verbs)");
        assertThat(registry.verbs()).containsExactly("help");
    }

    @Test
    void shouldNameVerbsThatMayBeMeant() {
        registry.add(() -> Stream.of("start", "stop", "wait", "port").<Verb<?>>map(word ->
                Verb.of(word, "", words -> "")).toList());
        refused("strat 1", "'strat' is not a verb (did you mean start? 'help' lists the verbs)");
        refused("st", "'st' is not a verb (did you mean start or stop? 'help' lists the verbs)");
        refused("prot", "'prot' is not a verb (did you mean port? 'help' lists the verbs)");
        refused("wiat", "'wiat' is not a verb (did you mean wait? 'help' lists the verbs)");
        refused("frobnicate", "'frobnicate' is not a verb ('help' lists the verbs)");
    }

    @Test
    void shouldShowRecordsAsJson() throws Exception {
        registry.add(fans);
        assertThat(run("show fan 1 --json").replaceAll("\\s", "")).isEqualTo(
                "[{\"number\":1,\"place\":\"\\\"front\\\"\",\"on\":true,\"rpm\":{\"now\":900}}]");
        assertThat(run("fan 1 on --json")).contains("\"message\" : \"[1, on]\"");
    }

    @Test
    void shouldRefuseASyntaxThatDoesNotBeginWithAVerb() {
        assertThatThrownBy(() -> registry.add(
                () -> List.of(Verb.of("NUMBER on", "", words -> ""))))
                .hasMessage("'NUMBER on' does not begin with a verb");
    }
}
