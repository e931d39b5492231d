// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

/** A bundle does not return from a call, so the operation is not done yet. */
final class HangException extends DeployException {
    private static final long serialVersionUID = 1L;

    HangException(String message) {
        super(message);
    }
}
