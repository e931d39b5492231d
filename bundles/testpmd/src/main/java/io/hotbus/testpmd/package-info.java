// SPDX-License-Identifier: Apache-2.0
/** Packet forwarding between ports: the forwarder, its engines, and how applications are run. */
@Version("2.0.0")
package io.hotbus.testpmd;

import org.osgi.annotation.versioning.Version;
