// SPDX-License-Identifier: Apache-2.0
/** Servers for pages of this process, on the JDK's server. */
@Version("1.0.0")
package io.hotbus.http;

import org.osgi.annotation.versioning.Version;
