// SPDX-License-Identifier: Apache-2.0
/** Bundles that come, change and go while the product runs, and what operators are told of them. */
package io.hotbus.deploy;
