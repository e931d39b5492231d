// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The verbs that a bundle provides. Register an implementation as a service: help, completion and
 * the shell know its verbs as long as the service is registered. Several services may provide forms
 * of one verb, such as {@code show}.
 */
@ConsumerType
public interface Verbs {
    /** The forms, in the order of help. Returns the same forms at each call. Any thread. */
    List<Verb<?>> verbs();
}
