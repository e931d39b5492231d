// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them.

const PREFIXES = ['', 'k', 'M', 'G', 'T'];
const WHOLE = new Intl.NumberFormat('en');

/** 1234567 as 1.23 M. */
export function rate(value) {
	let power = 0;
	let scaled = value;
	while (scaled >= 999.5 && power < PREFIXES.length - 1) {
		scaled /= 1000;
		power++;
	}
	const digits = power === 0 || scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2;
	return `${scaled.toFixed(digits)} ${PREFIXES[power]}`.trimEnd();
}

export const count = value => WHOLE.format(value);

/** Nanoseconds as µs, ms or s. */
export function duration(nanos) {
	if (Math.abs(nanos) < 1e6) {
		return `${(nanos / 1e3).toFixed(1)} µs`;
	}
	return Math.abs(nanos) < 1e9 ? `${(nanos / 1e6).toFixed(1)} ms` : `${(nanos / 1e9).toFixed(2)} s`;
}

export const percent = share => `${(100 * share).toFixed(share < .1 ? 1 : 0)} %`;
