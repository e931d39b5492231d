// SPDX-License-Identifier: Apache-2.0
/**
 * Parts for unit tests of drivers and buses without an OSGi framework: the real SIGBUS handler and
 * its windows, the services of the platform, memory for a simulated device, ports, frames, and the
 * model of a NIC that can be pulled out. A library for the class path of tests; it needs no test
 * framework.
 */
@Version("1.0.0")
package io.hotbus.testkit;

import org.osgi.annotation.versioning.Version;
