// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.telemetry.TelemetryCommand;
import io.hotbus.telemetry.TelemetryCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and replies; the expected ones are those of DPDK 22.11, as far as it has them. */
class RegistryTest {
    private final Registry registry = new Registry(Map.of("version", "hotbus 1"));

    private static TelemetryCommands commands(String path, TelemetryCommand.Handler handler) {
        final List<TelemetryCommand> all =
                List.of(new TelemetryCommand(path, "Help of " + path, handler));
        return () -> all;
    }

    private String ask(String request) {
        return new String(registry.answer(request.getBytes(StandardCharsets.UTF_8)),
                StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
        "/        | {\"/\":[\"/\",\"/echo\",\"/help\",\"/info\"]}",
        "/info    | {\"/info\":{\"version\":\"hotbus 1\"}}",
        "/help,/echo | {\"/help\":{\"/echo\":\"Help of /echo\"}}",
        "/help,/no   | {\"/help\":null}",
        "/help    | {\"/help\":\"Returns help text for a command. Parameters: string command\"}",
        "/nope    | {\"/nope\":null}",
        "/nope,1  | {\"/nope\":null}",
        "quit     | {\"quit\":null}",
        "/echo    | {\"/echo\":\"Optional.empty\"}",
        "/echo,   | {\"/echo\":\"Optional.empty\"}",
        "/echo,a,b | {\"/echo\":\"Optional[a,b]\"}"})
    void shouldAnswer(String request, String reply) {
        registry.add(commands("/echo", Optional::toString));
        assertThat(ask(request)).isEqualTo(reply);
    }

    @Test
    void shouldAnswerBinaryRequestsInValidJson() {
        assertThat(ask("\0\u0001")).isEqualTo("{\"\":null}");
        assertThat(ask("/a\"b\\c\n\0d")).isEqualTo("{\"/a\\\"b\\\\c\\n\":null}");
        assertThat(new String(registry.answer(new byte[] {'/', (byte) 0xff}),
                StandardCharsets.UTF_8)).isEqualTo("{\"/\ufffd\":null}");
        assertThat(ask("/" + "y".repeat(900))).isEqualTo("{\"/" + "y".repeat(55) + "\":null}");
    }

    @Test
    void shouldOutliveCommandsThatFail() {
        registry.add(commands("/throws", parameters -> {
            throw new IllegalStateException("no");
        }));
        registry.add(commands("/lacks", parameters -> {
            throw new NoClassDefFoundError("no");
        }));
        registry.add(commands("/odd", parameters -> new Object()));
        registry.add(commands("/long", parameters -> "x".repeat(Reply.MAX_LENGTH)));
        for (String path : List.of("/throws", "/lacks", "/odd", "/long")) {
            assertThat(ask(path)).isEqualTo("{\"%s\":null}".formatted(path));
        }
    }

    @Test
    void shouldLeaveOutTheEndOfWhatIsTooLong() {
        registry.add(commands("/list", parameters -> IntStream.range(0, 9999).boxed().toList()));
        registry.add(commands("/map", parameters -> new TreeMap<>(IntStream
                .range(10_000, 19_999).boxed().collect(Collectors.toMap(
                        i -> "k" + i, i -> i)))));
        assertThat(ask("/list")).startsWith("{\"/list\":[0,1,2,").endsWith("]}")
                .hasSizeBetween(Reply.MAX_LENGTH - 5, Reply.MAX_LENGTH);
        assertThat(ask("/map")).startsWith("{\"/map\":{\"k10000\":10000,").endsWith("}}")
                .hasSizeBetween(Reply.MAX_LENGTH - 15, Reply.MAX_LENGTH);
    }

    @Test
    void shouldGiveAPathToTheFirstWhoBringsIt() {
        final TelemetryCommands first = commands("/x", parameters -> 1);
        final TelemetryCommands second = commands("/x", parameters -> 2);
        registry.add(first);
        registry.add(second);
        assertThat(ask("/x")).isEqualTo("{\"/x\":1}");
        registry.remove(second);
        assertThat(ask("/x")).isEqualTo("{\"/x\":1}");
        registry.remove(first);
        assertThat(ask("/x")).isEqualTo("{\"/x\":null}");
    }

    @Test
    void shouldWaitForACallBeforeItsServiceGoes() throws Exception {
        final CountDownLatch inside = new CountDownLatch(1);
        final CountDownLatch go = new CountDownLatch(1);
        final TelemetryCommands slow = commands("/slow", parameters -> {
            inside.countDown();
            return go.await(120, TimeUnit.SECONDS) ? "done" : "late";
        });
        registry.add(slow);
        final Thread caller = new Thread(() -> ask("/slow"));
        caller.start();
        assertThat(inside.await(120, TimeUnit.SECONDS)).isTrue();
        final Thread remover = new Thread(() -> registry.remove(slow));
        remover.start();
        remover.join(100);
        assertThat(remover.isAlive()).as("waits").isTrue();
        go.countDown();
        remover.join(30_000);
        assertThat(remover.isAlive()).isFalse();
        caller.join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "/a b", "/a,b", "/é",
            "/0123456789012345678901234567890123456789012345678901234"})
    void shouldRefuseAPathThatNoClientCanAskFor(String path) {
        assertThatThrownBy(() -> new TelemetryCommand(path, "", parameters -> null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining(path);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "7,7", "007,7", "0x1f,31", "'3,4',3", "-1,", "x,", "' 1',", "1x,", "'',",
            "99999999999,"})
    void shouldReadTheFirstNumber(String text, Integer number) {
        assertThat(Ids.first(Optional.of(text))).isEqualTo(Optional.ofNullable(number));
        assertThat(Ids.first(Optional.empty())).isEmpty();
    }
}
