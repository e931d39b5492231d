// SPDX-License-Identifier: Apache-2.0
package io.hotbus.config;

/** A configuration file cannot be read or understood. The message names file and flaw. */
final class ConfigurationFileException extends Exception {
    private static final long serialVersionUID = 1L;

    ConfigurationFileException(String message) {
        super(message);
    }
}
