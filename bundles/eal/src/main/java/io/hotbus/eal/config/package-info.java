// SPDX-License-Identifier: Apache-2.0
/** Reading a component's configuration, and reporting what is wrong with it. */
@Version("1.0.0")
package io.hotbus.eal.config;

import org.osgi.annotation.versioning.Version;
