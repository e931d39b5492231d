// SPDX-License-Identifier: Apache-2.0
/** A complete application that forwards packets between two ports and survives removals. */
package io.hotbus.example.fwd;
