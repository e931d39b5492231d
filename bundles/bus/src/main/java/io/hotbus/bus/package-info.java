// SPDX-License-Identifier: Apache-2.0
/** What all buses have in common: devices that come and go under drivers that come and go. */
@Version("1.3.0")
package io.hotbus.bus;

import org.osgi.annotation.versioning.Version;
