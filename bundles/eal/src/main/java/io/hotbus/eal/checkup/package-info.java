// SPDX-License-Identifier: Apache-2.0
/** What would keep devices from being driven on this machine, found before one is attached. */
@Version("1.0.0")
package io.hotbus.eal.checkup;

import org.osgi.annotation.versioning.Version;
