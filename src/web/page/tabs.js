// Whether another tab uses the same membership. A browser that duplicates a tab copies what the tab
// has stored, and two tabs with one ticket would replace each other for ever.

/** How long another tab may take to answer, in milliseconds. */
const PATIENCE = 200;

const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("tictalk");

let own = null;

channel?.addEventListener("message", ({ data }) => {
  if (data?.ask !== undefined && data.ask === own) {
    channel.postMessage({ taken: own });
  }
});

/** From now on, this tab is the one with this handle of a ticket; null for none. */
export function claim(handle) {
  own = handle;
}

/** Whether another tab of this browser has claimed the handle. */
export function isClaimed(handle) {
  if (channel === null) {
    return Promise.resolve(false);
  }
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE);
    channel.addEventListener("message", ({ data }) => {
      if (data?.taken === handle) {
        clearTimeout(timer);
        resolve(true);
      }
    });
    channel.postMessage({ ask: handle });
  });
}
