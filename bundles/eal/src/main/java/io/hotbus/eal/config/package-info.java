// SPDX-License-Identifier: Apache-2.0
/** How a component reads its configuration, and says what is wrong with it. */
@Version("1.0.0")
package io.hotbus.eal.config;

import org.osgi.annotation.versioning.Version;
