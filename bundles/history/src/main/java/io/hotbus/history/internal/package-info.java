// SPDX-License-Identifier: Apache-2.0
/** Puts removals together from events and steps, and keeps them in memory and in a file. */
package io.hotbus.history.internal;
