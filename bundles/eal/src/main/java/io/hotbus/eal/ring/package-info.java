// SPDX-License-Identifier: Apache-2.0
/** Lock-free rings of longs. */
@Version("1.1.0")
package io.hotbus.eal.ring;

import org.osgi.annotation.versioning.Version;
