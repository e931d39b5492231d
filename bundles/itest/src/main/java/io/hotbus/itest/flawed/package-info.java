// SPDX-License-Identifier: Apache-2.0
/**
 * A bus with one driver, both built on the API only, with one flaw at a time that the contract
 * tests must find. A separate bundle, made at run time (see {@link io.hotbus.itest.FlawedBundle}).
 */
package io.hotbus.itest.flawed;
