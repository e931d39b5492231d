// SPDX-License-Identifier: Apache-2.0
/** Ethernet devices: what a poll-mode driver implements, and the ports an application sees. */
@Version("2.0.0")
package io.hotbus.ethdev;

import org.osgi.annotation.versioning.Version;
