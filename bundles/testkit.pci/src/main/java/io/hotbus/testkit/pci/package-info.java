// SPDX-License-Identifier: Apache-2.0
/**
 * Parts for unit tests of PMDs for NICs on PCI: a slot with the model of a NIC, a driver with all
 * that it needs, and the tests that every such driver must pass. A library for the class path of
 * tests, with JUnit and AssertJ.
 */
@Version("1.0.0")
package io.hotbus.testkit.pci;

import org.osgi.annotation.versioning.Version;
