// SPDX-License-Identifier: Apache-2.0
package io.hotbus.http.internal;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that requests may be for. An address is always right: only a name leads elsewhere one
 * day and here the next.
 *
 * @param names names of this machine, in lower case
 */
record Hosts(Set<String> names) {
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9a-f:.]{2,45}\\]|[^:\\[\\]/@]{1,253})(?::[0-9]{1,5})?");
    private static final Pattern ADDRESS =
            Pattern.compile("\\[.*\\]|[0-9]{1,3}(\\.[0-9]{1,3}){3}");

    /** {@code header}: of a request, a name or an address with or without a port. */
    boolean isOurs(Optional<String> header) {
        final Matcher host = HOST.matcher(header.orElse("").toLowerCase(Locale.ROOT));
        return host.matches() && (host.group(1).equals("localhost")
                || ADDRESS.matcher(host.group(1)).matches() || names.contains(host.group(1)));
    }
}
