// SPDX-License-Identifier: Apache-2.0
/**
 * Building blocks for applications: commands of the launcher, threads that poll, and ports that
 * outlive the removal of their devices.
 */
@Version("1.0.0")
package io.hotbus.app;

import org.osgi.annotation.versioning.Version;
