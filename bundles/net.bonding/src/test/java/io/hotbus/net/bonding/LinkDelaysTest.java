// SPDX-License-Identifier: Apache-2.0
package io.hotbus.net.bonding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class LinkDelaysTest {
    private final LinkDelays<String> delays = new LinkDelays<>(100, 50);

    @Test
    void shouldCountALinkThatStays() {
        assertThat(delays.isUp("a", true, 1000)).isFalse();
        assertThat(delays.isUp("a", true, 1099)).isFalse();
        assertThat(delays.isUp("a", true, 1100)).isTrue();
        assertThat(delays.isUp("a", false, 1200)).isTrue();
        assertThat(delays.isUp("a", false, 1249)).isTrue();
        assertThat(delays.isUp("a", false, 1250)).isFalse();
    }

    @Test
    void shouldNotCountALinkThatFlaps() {
        for (int now = 0; now < 1000; now += 10) {
            assertThat(delays.isUp("a", now % 20 == 0, now)).isFalse();
        }
    }

    @Test
    void shouldForgetAMemberThatWent() {
        delays.isUp("a", true, 0);
        assertThat(delays.isUp("a", true, 100)).isTrue();
        delays.keep(List.of());
        assertThat(delays.isUp("a", true, 200)).isFalse();
    }

    @Test
    void shouldCountAtOnceWithoutDelays() {
        LinkDelays<String> none = new LinkDelays<>(0, 0);
        assertThat(none.isUp("a", true, 5)).isTrue();
        assertThat(none.isUp("a", false, 5)).isFalse();
    }
}
