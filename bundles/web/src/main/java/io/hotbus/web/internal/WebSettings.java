// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import io.hotbus.eal.config.SettingException;
import io.hotbus.eal.config.Settings;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of the page.
 *
 * @param password what lets a user change something
 * @param session  how long a session lasts without a request
 */
record WebSettings(Optional<Passwords> password, Duration session) {
    /** Where Configuration Admin keeps them. */
    static final String PID = "io.hotbus.web";
    static final WebSettings NONE = new WebSettings(Optional.empty(), Duration.ofMinutes(30));
    private static final String PASSWORD = "password";
    private static final int LONGEST_MINUTES = 720;

    static WebSettings of(Settings settings) throws SettingException {
        final String kept = settings.text(PASSWORD);
        final Optional<Passwords> password = Passwords.parse(kept);
        if (!kept.isEmpty() && password.isEmpty()) { // it may be a password: not for the log
            throw new SettingException(PID, PASSWORD
                    + ": not what `launcher/hotbus password` prints");
        }
        return new WebSettings(password, Duration.ofMinutes(settings.number("session.minutes",
                (int) NONE.session().toMinutes(), 1, LONGEST_MINUTES)));
    }
}
