// SPDX-License-Identifier: Apache-2.0
package io.hotbus.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    private static Arguments of(String... words) throws UsageException {
        return Arguments.of(List.of(words));
    }

    private static void assertWrong(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(UsageException.class).hasMessage(message);
    }

    @Test
    void shouldTakeValuesBothWays() throws Exception {
        Arguments arguments = of("--vdev", "net_null0,size=64", "--vdev=net_null1", "-l", "1-2");

        assertThat(arguments.values("--vdev")).containsExactly("net_null0,size=64", "net_null1");
        assertThat(arguments.values("-l", "--lcores")).containsExactly("1-2");
        assertThat(arguments.values("--vdev", "-l"))
                .containsExactly("net_null0,size=64", "net_null1", "1-2");
        assertThat(arguments.value("-l")).hasValue("1-2");
        assertThat(arguments.value("--exec")).isEmpty();
        assertThat(arguments.values("--exec")).isEmpty();
        assertThat(arguments.has("-l")).isTrue();
    }

    @Test
    void shouldTakeAValueThatBeginsWithADashOnlyAfterAnEqualsSign() throws Exception {
        assertThat(of("--cycles=-3").value("--cycles")).hasValue("-3");
        assertWrong(() -> of("--cycles", "-3").value("--cycles"), "--cycles needs a value");
    }

    @Test
    void shouldTakeFlags() throws Exception {
        assertThat(of("--a", "--b").flag("--a")).isTrue();
        assertThat(of("--b").flag("--a")).isFalse();
        assertWrong(() -> of("--a", "x").flag("--a"), "--a takes no value, but 'x' follows it");
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        assertWrong(() -> of("run"), "'run' is not an option (they begin with --)");
        assertWrong(() -> of("--a", "b", "c"), "'c' is not an option (they begin with --)");
        assertWrong(() -> of("--a").value("--a"), "--a needs a value");
        assertWrong(() -> of("--a=").value("--a"), "--a needs a value");
        assertWrong(() -> of("--a=1", "--a=2").value("--a"), "--a is given twice");
        assertWrong(() -> of("--b").allowOnly(Set.of("--c", "--a")),
                "unknown option '--b' (known: --a --c)");
    }

    @Test
    void shouldHaveOptionsOfEveryCommand() throws Exception {
        Arguments given = of("--file-prefix", "x", "--vdev=net_null0", "-i", "--in-memory");
        given.allowOnly(Set.of("--vdev", "-i"));

        assertThat(given.filePrefix()).isEqualTo("x");
        assertThat(of().filePrefix()).isEqualTo("rte");
        assertThat(given.words(name -> name.equals("--vdev") || name.equals("-i")))
                .containsExactly("--vdev", "net_null0", "-i");
        assertWrong(() -> of("--file-prefix", "a/b").allowOnly(Set.of()),
                "--file-prefix a/b: a name without '/' is needed");
        assertWrong(() -> of("--file-prefix=..").allowOnly(Set.of()),
                "--file-prefix ..: a name without '/' is needed");
        assertWrong(() -> of("--no-telemetry", "1").allowOnly(Set.of()),
                "--no-telemetry takes no value, but '1' follows it");
    }

    @Test
    void shouldServeOnTheLoopbackInterfaceUnlessAnAddressIsGiven() throws Exception {
        assertThat(of().address("--metrics")).isEmpty();
        assertThat(of("--metrics", "9100").address("--metrics").orElseThrow().toString())
                .isEqualTo("localhost/127.0.0.1:9100");
        assertThat(of("--metrics", "192.0.2.1:1").address("--metrics").orElseThrow().toString())
                .isEqualTo("/192.0.2.1:1");
        assertThat(of("--metrics", "[::1]:65535").address("--metrics").orElseThrow().getPort())
                .isEqualTo(65535);
        assertWrong(() -> of("--metrics", "x").allowOnly(Set.of()),
                "--metrics x: a port from 1 to 65535 is needed");
        assertWrong(() -> of("--metrics", "127.0.0.1:0").allowOnly(Set.of()),
                "--metrics 127.0.0.1:0: a port from 1 to 65535 is needed");
        assertWrong(() -> of("--web", "8081x").allowOnly(Set.of()),
                "--web 8081x: a port from 1 to 65535 is needed");
        assertWrong(() -> of("--metrics", "a b:9").allowOnly(Set.of()),
                "--metrics a b:9: 'a b' is no address of this machine");
    }

    @Test
    void shouldReadNumbersInARange() throws Exception {
        assertThat(of().number("--n", 7, 1, 9)).isEqualTo(7);
        assertThat(of("--n=9").number("--n", 7, 1, 9)).isEqualTo(9);
        String range = ": a number from 1 to 9 is needed";
        assertWrong(() -> of("--n=10").number("--n", 7, 1, 9), "--n 10" + range);
        assertWrong(() -> of("--n=x").number("--n", 7, 1, 9), "--n x" + range);
        assertWrong(() -> of("--n=99999999999").number("--n", 7, 1, 9), "--n 99999999999" + range);
    }
}
