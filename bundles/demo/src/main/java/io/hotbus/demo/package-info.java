// SPDX-License-Identifier: Apache-2.0
/** The demonstration: pulls a device out under traffic, again and again, and nothing breaks. */
package io.hotbus.demo;
