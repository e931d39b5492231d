// SPDX-License-Identifier: Apache-2.0
/**
 * The acme bus, as its drivers see it. The only package that other bundles may import: bnd exports
 * a package exactly if it has a version, and by that version drivers built against it are told
 * apart from those that no longer fit. Raise the second number when you add to it, the first when
 * you break it.
 */
@Version("1.0.0")
package com.example.bus.acme;

import org.osgi.annotation.versioning.Version;
