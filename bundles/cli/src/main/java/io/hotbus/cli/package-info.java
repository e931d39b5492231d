// SPDX-License-Identifier: Apache-2.0
/** Verbs of the shell, which any bundle can provide as services. */
@Version("1.0.0")
package io.hotbus.cli;

import org.osgi.annotation.versioning.Version;
