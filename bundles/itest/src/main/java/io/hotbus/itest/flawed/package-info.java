// SPDX-License-Identifier: Apache-2.0
/**
 * A bus with one driver, both made from the API alone, and with one thing wrong at a time: what the
 * contract tests have to find. A bundle of its own, made at run time (see {@link
 * io.hotbus.itest.FlawedBundle}).
 */
package io.hotbus.itest.flawed;
