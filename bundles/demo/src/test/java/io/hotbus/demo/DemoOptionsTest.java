// SPDX-License-Identifier: Apache-2.0
package io.hotbus.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.app.Arguments;
import io.hotbus.app.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoOptionsTest {
    private static DemoOptions of(String... words) throws UsageException {
        return DemoOptions.parse(Arguments.of(List.of(words)));
    }

    @Test
    void shouldTakeItsOwnOptionsAndThoseOfForwarding() throws Exception {
        assertThat(of()).isEqualTo(new DemoOptions(3, 1, Optional.empty()));
        assertThat(of("--cycles", "100", "--json", "demo.json", "-l", "1", "--rxd", "256"))
                .isEqualTo(new DemoOptions(100, 1, Optional.of(Path.of("demo.json"))));
    }

    @Test
    void shouldHaveDevicesWithTheQueuesOfThePorts() throws UsageException {
        assertThat(of("--rxq=3", "--txq=2").queues()).isEqualTo(3);
        assertThatThrownBy(() -> of("--rxq=5")).hasMessageContaining("--rxq");
    }

    @Test
    void shouldRefuseWhatItDoesNotKnow() {
        assertThatThrownBy(() -> of("--cicles", "3")).isInstanceOf(UsageException.class)
                .hasMessageStartingWith("unknown option '--cicles' (known: --burst --cycles ");
        assertThatThrownBy(() -> of("--vdev", "net_null0")).isInstanceOf(UsageException.class)
                .hasMessageStartingWith("unknown option '--vdev'");
        assertThatThrownBy(() -> of("--cycles", "0")).isInstanceOf(UsageException.class)
                .hasMessage("--cycles 0: a number from 1 to 1000000 is needed");
    }
}
