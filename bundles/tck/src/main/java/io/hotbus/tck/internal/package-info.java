// SPDX-License-Identifier: Apache-2.0
/** Parts of the tests: access to the platform, removals, and checks for leaked resources. */
package io.hotbus.tck.internal;
