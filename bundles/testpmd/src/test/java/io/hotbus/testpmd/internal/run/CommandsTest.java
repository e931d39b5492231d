// SPDX-License-Identifier: Apache-2.0
package io.hotbus.testpmd.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandsTest {
    @Test
    void shouldSplitAtSemicolonsAndLineBreaks() {
        assertThat(Commands.of("start; stop\n\n show config ;; quit"))
                .containsExactly("start", "stop", "show config", "quit");
    }

    @Test
    void shouldNotSplitInsideQuotes() {
        assertThat(Commands.of("port attach 'a;b'; set x \"c;d\ne\"; set y f\\;g"))
                .containsExactly("port attach 'a;b'", "set x \"c;d\ne\"", "set y f\\;g");
        assertThat(Commands.of("a \"it's; one\"; b")).containsExactly("a \"it's; one\"", "b");
    }

    @Test
    void shouldLeaveCommentsOut() {
        assertThat(Commands.of("# first; not this\nstart # this\n  # nor that"))
                .containsExactly("start # this");
    }

    @Test
    void shouldTakeAQuoteThatIsNotClosedToTheEnd() {
        assertThat(Commands.of("a; b 'c; d")).containsExactly("a", "b 'c; d");
    }
}
