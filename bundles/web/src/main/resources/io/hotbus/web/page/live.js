// SPDX-License-Identifier: Apache-2.0
// The stream of events, and whether the server is there.

const SILENCE_MILLIS = 3500;
const RETRY_MILLIS = 1000;

/**
 * Calls onState with each state, onBack when the server is there again (and at first), and onAway
 * when it has not been heard of for some seconds.
 */
export class Live {
	constructor(onState, onBack, onAway) {
		this.onState = onState;
		this.onBack = onBack;
		this.onAway = onAway;
		this.heard = 0;
		this.there = false;
		setInterval(() => this.look(), 500);
	}

	/** Begins, or begins anew. */
	open() {
		this.source?.close();
		this.source = new EventSource('api/events');
		this.source.addEventListener('state', event => this.state(JSON.parse(event.data)));
		this.source.onerror = () => {
			// The browser itself tries again, but not after an answer that was no stream.
			if (this.source.readyState === EventSource.CLOSED) {
				clearTimeout(this.retry);
				this.retry = setTimeout(() => this.open(), RETRY_MILLIS);
			}
		};
	}

	close() {
		clearTimeout(this.retry);
		this.source?.close();
		this.source = undefined;
	}

	state(state) {
		this.heard = performance.now();
		if (!this.there) {
			this.there = true;
			this.onBack();
		}
		this.onState(state);
	}

	look() {
		if (this.there && performance.now() - this.heard > SILENCE_MILLIS) {
			this.there = false;
			this.onAway();
			if (this.source) {
				this.open(); // the connection may be dead without an end
			}
		}
	}
}
