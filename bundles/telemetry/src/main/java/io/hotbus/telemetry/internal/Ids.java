// SPDX-License-Identifier: Apache-2.0
package io.hotbus.telemetry.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers in the parameters of commands. */
final class Ids {
    private static final Pattern FIRST =
            Pattern.compile("(?:0[xX]([0-9a-fA-F]{1,7})|0*([0-9]{1,9}))(?:,.*)?", Pattern.DOTALL);

    private Ids() {
    }

    /**
     * The first parameter, if it is a number that is not negative, decimal or with {@code 0x}. As
     * in DPDK, further parameters are ignored.
     */
    static Optional<Integer> first(Optional<String> parameters) {
        return parameters.map(FIRST::matcher).filter(Matcher::matches)
                .map(number -> number.group(1) != null ? Integer.valueOf(number.group(1), 16)
                        : Integer.valueOf(number.group(2)));
    }
}
