// SPDX-License-Identifier: Apache-2.0
/** Deploys, updates and removes bundles while the product runs, and reports about them. */
package io.hotbus.deploy;
