// SPDX-License-Identifier: Apache-2.0
/** Brings the plug-ins of other bundles to those in here who call them. */
package io.hotbus.core;
