// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the contract of buses, their handlers and their drivers. The tests run inside the
 * framework against the installed bundles. The configuration selects the devices, see {@link
 * io.hotbus.tck.SetupTest}; no code is needed. Each test names the sentence of the contract that it
 * checks, see {@link io.hotbus.tck.Contract}.
 */
@RequireHotbus
@Version("1.0.0")
package io.hotbus.tck;

import io.hotbus.eal.annotation.RequireHotbus;
import org.osgi.annotation.versioning.Version;
