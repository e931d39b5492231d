// SPDX-License-Identifier: Apache-2.0
/** Commands of DPDK's telemetry, which any bundle can provide as services. */
@Version("1.0.0")
package io.hotbus.telemetry;

import org.osgi.annotation.versioning.Version;
