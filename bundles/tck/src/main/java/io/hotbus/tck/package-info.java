// SPDX-License-Identifier: Apache-2.0
/**
 * The contract of buses, their handlers and their drivers, as tests that run inside the framework
 * against whatever is installed there. Which devices are tested is configured, see {@link
 * io.hotbus.tck.SetupTest}; no code is needed. Each test says which sentence of the contract it
 * keeps, see {@link io.hotbus.tck.Contract}.
 */
@RequireHotbus
@Version("1.0.0")
package io.hotbus.tck;

import io.hotbus.eal.annotation.RequireHotbus;
import org.osgi.annotation.versioning.Version;
