// SPDX-License-Identifier: Apache-2.0
/**
 * The API of the acme bus for drivers, the only package that other bundles may import. bnd exports
 * a package exactly if it has a version, and the version tells which drivers still fit. Raise the
 * second number when you add to the package, the first when you break it.
 */
@Version("1.0.0")
package com.example.bus.acme;

import org.osgi.annotation.versioning.Version;
