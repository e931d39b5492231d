// SPDX-License-Identifier: Apache-2.0
package io.hotbus.web;

import io.hotbus.cli.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer to a request. Immutable: {@code body} is not to be written to.
 *
 * @param status the status of HTTP
 * @param type   the media type of the body
 * @param body   the bytes that follow the headers
 */
public record WebAnswer(int status, String type, byte[] body) {
    /** It is done. */
    public static final int OK = 200;
    /** The request is wrong. */
    public static final int BAD_REQUEST = 400;
    /** There is nothing of that name. */
    public static final int NOT_FOUND = 404;
    /** It did not work. */
    public static final int CONFLICT = 409;
    private static final String JSON = "application/json";

    /** A value in JSON. */
    public static WebAnswer of(Object value) {
        try {
            return new WebAnswer(OK, JSON, Json.line(value).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A sentence, in JSON, with a status that says how it went. */
    public static WebAnswer said(int status, String message) {
        return new WebAnswer(status, JSON, of(Map.of("message", message)).body());
    }
}
