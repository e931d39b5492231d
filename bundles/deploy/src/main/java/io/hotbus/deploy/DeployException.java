// SPDX-License-Identifier: Apache-2.0
package io.hotbus.deploy;

/** An operation on a bundle is not possible. The message is one sentence for the operator. */
class DeployException extends Exception {
    private static final long serialVersionUID = 1L;

    DeployException(String message) {
        super(message);
    }

    DeployException(String message, Throwable cause) {
        super(message, cause);
    }

    /** As the shell prints it. */
    @Override
    public String toString() {
        return getMessage();
    }
}
