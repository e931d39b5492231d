// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web.internal;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Parameters of requests: {@code application/x-www-form-urlencoded}. */
final class Form {
    /** The longest body, in bytes. */
    static final int LONGEST = 16384;

    private Form() {
    }

    /**
     * The parameters in a query or a body.
     *
     * @throws IllegalArgumentException a character is encoded wrongly
     */
    static Map<String, String> parse(String text) {
        final Map<String, String> all = new HashMap<>();
        for (String part : (text == null ? "" : text).split("&")) {
            final int equals = part.indexOf('=');
            if (equals > 0) {
                all.putIfAbsent(decode(part.substring(0, equals)),
                        decode(part.substring(equals + 1)));
            }
        }
        return all;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    /**
     * The parameters in the body of a request.
     *
     * @throws IllegalArgumentException it is too long, of another type, or wrong
     */
    static Map<String, String> of(HttpExchange exchange) throws IOException {
        final String type = exchange.getRequestHeaders().getFirst("Content-Type");
        if (type == null || !type.startsWith("application/x-www-form-urlencoded")) {
            throw new IllegalArgumentException("A form is needed, not " + type);
        }
        final byte[] body = exchange.getRequestBody().readNBytes(LONGEST + 1);
        if (body.length > LONGEST) {
            throw new IllegalArgumentException("The form has more than " + LONGEST + " bytes");
        }
        return parse(new String(body, StandardCharsets.UTF_8));
    }
}
