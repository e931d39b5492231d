// SPDX-License-Identifier: Apache-2.0
/**
 * The Linux calls that the platform needs, and the native SIGBUS handler, as plain Java services.
 */
@Version("1.4.0")
package io.hotbus.os;

import org.osgi.annotation.versioning.Version;
