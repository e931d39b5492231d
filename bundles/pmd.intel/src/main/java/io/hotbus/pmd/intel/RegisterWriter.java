// SPDX-License-Identifier: Apache-2.0
package io.hotbus.pmd.intel;

import org.osgi.annotation.versioning.ConsumerType;

/** Writes registers of a chip. Control threads. */
@ConsumerType
@FunctionalInterface
public interface RegisterWriter {
    /** Writes 32 bits at {@code register}. */
    void write(long register, int value);
}
