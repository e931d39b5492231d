// SPDX-License-Identifier: Apache-2.0
/** What happened: removals of devices with each step that followed, and faults. */
@Version("1.0.0")
package io.hotbus.history;

import org.osgi.annotation.versioning.Version;
