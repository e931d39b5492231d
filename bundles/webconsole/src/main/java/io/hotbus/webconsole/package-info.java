// SPDX-License-Identifier: Apache-2.0
/** The web page in the Felix Web Console. */
package io.hotbus.webconsole;
