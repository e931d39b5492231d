// SPDX-License-Identifier: Apache-2.0
/** The page on which a process of hotbus is watched, for servers of any kind. */
@Version("1.0.0")
package io.hotbus.web;

import org.osgi.annotation.versioning.Version;
