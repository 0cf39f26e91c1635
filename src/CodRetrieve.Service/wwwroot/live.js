// Keeps the page up to date: the server says when something changed, the page is fetched again, and what differs is taken over in place, so that focus, selection and open
// parts stay. Without scripts the page shows the same and is reloaded by hand.
(() => {
  "use strict";

  const main = document.querySelector("main[data-live]");
  const indicator = document.getElementById("live");
  const announcer = document.getElementById("announcer");
  if (!main?.dataset.live || !window.EventSource || !window.fetch) {
    return;
  }

  const LEAST_INTERVAL = 1000;
  const ANNOUNCE_INTERVAL = 20000;

  let isFetching = false;
  let isDue = false;
  let lastFetch = 0;
  let timer = 0;
  let lastAnnounced = 0;
  let announcedState = stateOf(document);
  let announcedText = textOf(document);

  function stateOf(root) {
    return root.querySelector("[data-announce]")?.dataset.announceState ?? "";
  }

  function textOf(root) {
    return root.querySelector("[data-announce]")?.dataset.announce ?? "";
  }

  function show(text, state) {
    if (indicator && indicator.textContent !== text) {
      indicator.textContent = text;
      indicator.className = "live " + state;
    }
  }

  // A screen reader hears of a new state at once, and of numbers now and then.
  function announce() {
    const state = stateOf(document);
    const text = textOf(document);
    const now = Date.now();
    if (text && text !== announcedText && (state !== announcedState || now - lastAnnounced >= ANNOUNCE_INTERVAL)) {
      announcer.textContent = text;
      announcedText = text;
      announcedState = state;
      lastAnnounced = now;
    }
  }

  function keyOf(node) {
    return node.nodeType === Node.ELEMENT_NODE ? node.getAttribute("data-key") ?? (node.id || null) : null;
  }

  function morphAttributes(from, to) {
    for (const { name } of [...from.attributes]) {
      // What the user opened stays open.
      if (!to.hasAttribute(name) && !(name === "open" && from.localName === "details")) {
        from.removeAttribute(name);
      }
    }
    for (const { name, value } of to.attributes) {
      if (from.getAttribute(name) !== value) {
        from.setAttribute(name, value);
      }
    }
  }

  function morph(from, to) {
    if (from.nodeType !== Node.ELEMENT_NODE) {
      if (from.nodeValue !== to.nodeValue) {
        from.nodeValue = to.nodeValue;
      }
      return;
    }
    // Fields hold what the user wrote.
    if (from.matches("input:not([type=hidden]), textarea, select, [data-keep]")) {
      return;
    }
    morphAttributes(from, to);
    morphChildren(from, to);
  }

  function isAlike(a, b) {
    return a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
  }

  // Passes over what stays as it is.
  function firstOf(node) {
    while (node && node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-keep")) {
      node = node.nextSibling;
    }
    return node;
  }

  function morphChildren(from, to) {
    const keyed = new Map([...from.children].map(child => [keyOf(child), child]).filter(([key]) => key !== null));
    let next = firstOf(from.firstChild);
    for (const wanted of [...to.childNodes]) {
      const key = keyOf(wanted);
      let match = key !== null ? keyed.get(key) : null;
      if (key === null && next && keyOf(next) === null && isAlike(next, wanted)) {
        match = next;
      }
      if (match && match.nodeName === wanted.nodeName) {
        if (match === next) {
          next = firstOf(next.nextSibling);
        } else {
          from.insertBefore(match, next);
        }
        morph(match, wanted);
      } else {
        from.insertBefore(document.importNode(wanted, true), next);
      }
    }
    while (next) {
      const after = next.nextSibling;
      if (!(next.nodeType === Node.ELEMENT_NODE && next.hasAttribute("data-keep"))) {
        next.remove();
      }
      next = after;
    }
  }

  async function refresh() {
    isFetching = true;
    isDue = false;
    lastFetch = Date.now();
    try {
      const response = await fetch(location.href, { headers: { Accept: "text/html", "X-Live": "1" }, credentials: "same-origin", redirect: "manual" });
      if (response.status === 401 || response.type === "opaqueredirect") {
        // The session has ended.
        location.reload();
        return;
      }
      if (!response.ok) {
        show("Not up to date", "off");
        return;
      }
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = page.querySelector("main[data-live]");
      if (fresh) {
        morphChildren(main, fresh);
        show("Up to date", "on");
        announce();
      }
    } catch {
      show("Not up to date", "off");
    } finally {
      isFetching = false;
      if (isDue) {
        schedule();
      }
    }
  }

  function schedule() {
    if (isFetching || document.hidden) {
      isDue = true;
      return;
    }
    window.clearTimeout(timer);
    timer = window.setTimeout(refresh, Math.max(0, lastFetch + LEAST_INTERVAL - Date.now()));
  }

  const events = new EventSource(main.dataset.live);
  events.addEventListener("open", () => show("Up to date", "on"));
  events.addEventListener("changed", schedule);
  events.addEventListener("error", () => show("Connecting again", "off"));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && isDue) {
      schedule();
    }
  });
  // Streams that stay open would use up the connections that a browser has for one host.
  window.addEventListener("pagehide", () => events.close());
  window.addEventListener("pageshow", event => {
    if (event.persisted) {
      location.reload();
    }
  });
})();
