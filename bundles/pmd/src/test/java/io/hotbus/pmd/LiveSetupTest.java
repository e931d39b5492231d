// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LiveSetupTest {
    private final LiveSetup<String> setup = new LiveSetup<>();

    @Test
    void shouldKnowTheSetupWhileTheDeviceIsStarted() {
        assertThat(setup.current()).isEmpty();
        assertThat(setup.look(Optional::of)).isEmpty();
        assertThat(setup.end()).isFalse();

        setup.begin("first");
        assertThat(setup.current()).contains("first");
        assertThat(setup.look(now -> Optional.of(now + " seen"))).contains("first seen");

        assertThat(setup.end()).isTrue();
        assertThat(setup.end()).isFalse();
        assertThat(setup.current()).isEmpty();
    }
}
