// SPDX-License-Identifier: Apache-2.0
/** The acme bus itself, its simulated cards, and a driver for them. Not exported. */
package com.example.bus.acme.internal;
