// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import io.hotbus.web.internal.Sessions.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords, waits and sessions, on a clock of the test. */
class LoginTest {
    private static final int FEW = 10_000;
    private static final String HER = "192.0.2.1";
    private static final String HIS = "192.0.2.2";

    private long now = Long.MAX_VALUE - 5; // the clock may turn over
    private final Throttle throttle = new Throttle(() -> now);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void shouldKnowThePasswordAlone() {
        final Passwords kept = Passwords.parse(
                Passwords.of("correct horse".toCharArray(), FEW).kept()).orElseThrow();
        assertThat(kept.matches("correct horse".toCharArray())).isTrue();
        assertThat(kept.matches("correct horsf".toCharArray())).isFalse();
        assertThat(kept.matches(new char[0])).isFalse();
        final Passwords german = Passwords.of("gr\u00fc\u00df Gott".toCharArray(), FEW);
        assertThat(german.matches("gr\u00fc\u00df Gott".toCharArray())).isTrue();
        assertThat(german.matches("gr\u00fcss Gott".toCharArray())).isFalse();
    }

    /** Source: computed with Python's hashlib.pbkdf2_hmac. */
    @Test
    void shouldHashLikeOthers() {
        assertThat(Passwords.parse("pbkdf2-sha512:10000:c2FsdHNhbHRzYWx0c2FsdA:"
                + "aLDQIn3bDU2-is1Hbkr5vgWGWqXzUL-KX96GHWPGM2Q").orElseThrow()
                .matches("password".toCharArray())).isTrue();
    }

    @Test
    void shouldSaltEqualPasswords() {
        assertThat(Passwords.of("same".toCharArray(), FEW).kept())
                .isNotEqualTo(Passwords.of("same".toCharArray(), FEW).kept());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "secret", "pbkdf2-sha512:1:c2FsdHNhbHRzYWx0c2FsdA:x",
        "pbkdf2-sha512:99999999:c2FsdHNhbHRzYWx0c2FsdA:"
                + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "pbkdf2-sha512:10000:c2FsdHNhbHRzYWx0c2FsdAx:"
                + "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa="})
    void shouldRefuseWhatIsNoKeptPassword(String text) {
        assertThat(Passwords.parse(text)).isEmpty();
    }

    @Test
    void shouldNotTellAPasswordThatIsKeptWrongly() {
        assertThatThrownBy(() -> Settings.read(WebSettings.PID, Map.of("password", "secret"),
                WebSettings::of)).isInstanceOf(SettingException.class)
                .hasMessageContaining("launcher/hotbus password").hasMessageNotContaining("secret");
    }

    @Test
    void shouldDoubleTheWaitOfAClient() {
        final List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            throttle.tried(HER);
            final Duration wait = throttle.wait(HER);
            waits.add(wait.toSeconds());
            pass(wait);
            assertThat(throttle.wait(HER)).isZero();
        }
        assertThat(waits).containsExactly(
                1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L, 300L);
    }

    @Test
    void shouldLetOthersTryButSlowAllInTheEnd() {
        throttle.tried(HER);
        assertThat(throttle.wait(HIS)).isZero();
        for (int i = 0; i < 100; i++) {
            throttle.tried("192.0.2." + (10 + i));
        }
        assertThat(throttle.wait(HIS)).isEqualTo(Throttle.LONGEST_OF_ALL);
        pass(Throttle.LONGEST_OF_ALL);
        assertThat(throttle.wait(HIS)).isZero();
    }

    @Test
    void shouldForgiveAfterTheRightPasswordOrHalfAnHour() {
        throttle.tried(HER);
        throttle.succeeded(HER);
        assertThat(throttle.wait(HER)).isZero();
        for (int i = 0; i < 20; i++) {
            throttle.tried(HER);
        }
        pass(Duration.ofMinutes(31));
        throttle.tried(HER);
        assertThat(throttle.wait(HER)).isEqualTo(Throttle.FIRST);
    }

    @Test
    void shouldRememberALimitedNumberOfClients() {
        throttle.tried(HER);
        for (int i = 0; i < 5000; i++) {
            throttle.tried("client " + i);
        }
        pass(Throttle.LONGEST_OF_ALL);
        assertThat(throttle.wait(HER)).as("forgotten").isZero();
    }

    @Test
    void shouldEndSessions() {
        final Sessions sessions = new Sessions(Duration.ofMinutes(30), () -> now);
        final Session session = sessions.open();
        final Optional<String> id = Optional.of(session.id());
        pass(Duration.ofMinutes(29));
        assertThat(sessions.find(id, true)).contains(session);
        pass(Duration.ofMinutes(29));
        assertThat(sessions.find(id, false)).contains(session);
        pass(Duration.ofMinutes(2));
        assertThat(sessions.find(id, true)).as("idle for too long").isEmpty();

        final Session second = sessions.open();
        for (int i = 0; i < 24; i++) {
            pass(Duration.ofMinutes(29));
            assertThat(sessions.find(Optional.of(second.id()), true)).contains(second);
        }
        pass(Duration.ofMinutes(29));
        assertThat(sessions.find(Optional.of(second.id()), true)).as("after 12 hours").isEmpty();

        final Session third = sessions.open();
        sessions.close(third);
        assertThat(sessions.find(Optional.of(third.id()), true)).as("logged out").isEmpty();
        assertThat(sessions.find(Optional.empty(), true)).isEmpty();
    }

    @Test
    void shouldKeepALimitedNumberOfSessions() {
        final Sessions sessions = new Sessions(Duration.ofMinutes(30), () -> now);
        final Session first = sessions.open();
        for (int i = 0; i < 64; i++) {
            sessions.open();
        }
        assertThat(sessions.find(Optional.of(first.id()), true)).isEmpty();
    }

    @Test
    void shouldKnowTheTokenOfItsSession() {
        final Sessions sessions = new Sessions(Duration.ofMinutes(30), () -> now);
        final Session session = sessions.open();
        assertThat(session.isCsrf(Optional.of(session.csrf()))).isTrue();
        assertThat(session.isCsrf(Optional.of(sessions.open().csrf()))).isFalse();
        assertThat(session.isCsrf(Optional.empty())).isFalse();
    }

    @Test
    void shouldReadForms() {
        assertThat(Form.parse("do=attach&device=net_sim0%2Cpeer%3Dnet_sim1+x&do=twice&=&y"))
                .isEqualTo(Map.of("do", "attach", "device", "net_sim0,peer=net_sim1 x"));
        assertThat(Form.parse(null)).isEmpty();
        assertThatThrownBy(() -> Form.parse("a=%zz")).isInstanceOf(IllegalArgumentException.class);
    }
}
