// SPDX-License-Identifier: Apache-2.0
package io.hotbus.cli;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Verbs that a bundle brings. Register it as a service: help, completion and the shell know its
 * verbs as long as it is there. Several services may bring forms of one verb, such as {@code show}.
 */
@ConsumerType
public interface Verbs {
    /** The forms, in the order of help; the same ones at each call. Any thread. */
    List<Verb<?>> verbs();
}
