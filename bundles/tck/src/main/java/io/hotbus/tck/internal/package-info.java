// SPDX-License-Identifier: Apache-2.0
/** What the tests are made of: the platform in their hands, removals, and what is left behind. */
package io.hotbus.tck.internal;
