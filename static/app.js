// What a page can do more with scripts. Every page works without.
(() => {
  "use strict";
  const on = (type, f, opts) => document.addEventListener(type, f, opts);
  const find = (selector) => document.querySelector(selector);
  const typing = (el) => el.closest("input:not([type=checkbox],[type=radio]), textarea, select, [contenteditable]");

  // Rows: the whole row is a link, and j and k walk them.
  const rowLink = (row) => row?.querySelector("th a");
  const rows = () => [...document.querySelectorAll(".rows tbody tr")];

  on("click", (e) => {
    const row = e.target.closest(".rows tbody tr");
    if (!row || e.target.closest("a, button, input, label, .pick, .more") || String(getSelection())) return;
    const link = rowLink(row);
    if (!link) return;
    if (e.metaKey || e.ctrlKey || e.shiftKey) window.open(link.href);
    else link.click();
  });

  const walk = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1);
    const link = rowLink(all[next]);
    link?.focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "nearest" });
  };

  const edit = () => {
    const link = rowLink(document.activeElement?.closest(".rows tbody tr"));
    const path = link && new URL(link.href).pathname;
    if (path && /\/customers\/\d+$/.test(path)) location.href = path + "/edit";
    else find("[data-key=e]")?.click();
  };

  const keys = {
    "/": () => {
      const box = find("#find input[type=search]") ?? find("input[type=search]");
      box?.focus();
      box?.select();
    },
    "?": () => find("#help")?.showModal(),
    j: () => walk(1),
    k: () => walk(-1),
    e: edit,
    x: () => document.activeElement?.closest(".rows tbody tr")?.querySelector(".pick input")?.click(),
  };

  on("keydown", (e) => {
    if (e.key === "Escape") return closeMenus(null, true);
    if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (typing(e.target) || find("dialog[open]") || !Object.hasOwn(keys, e.key)) return;
    e.preventDefault();
    keys[e.key]();
  });

  // Menus close on a click elsewhere, on Escape, and when the focus leaves.
  const closeMenus = (except, refocus) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu.contains(except)) continue;
      const inside = menu.contains(document.activeElement);
      menu.open = false;
      if (refocus && inside) menu.querySelector("summary").focus();
    }
  };
  on("click", (e) => {
    closeMenus(e.target);
    if (e.target.closest("details.menu .menu-body a")) closeMenus(null);
  });
  on("focusin", (e) => closeMenus(e.target));

  // Rows that are ticked: the box in the heading ticks them all.
  const picks = () => [...document.querySelectorAll("#customers tbody .pick input")];
  const pickAll = () => find("#customers thead .pick input");
  const told = () => {
    const on = picks().filter((box) => box.checked).length;
    const head = pickAll();
    if (!head) return;
    head.checked = on > 0 && on === picks().length;
    head.indeterminate = on > 0 && !head.checked;
    const text = find("[data-chosen]");
    if (text) text.textContent = on ? on + " chosen" : "";
  };
  on("change", (e) => {
    if (!e.target.closest?.(".pick")) return;
    if (e.target === pickAll()) picks().forEach((box) => (box.checked = e.target.checked));
    told();
  });
  on("click", (e) => {
    if (e.target.matches?.("tbody .pick")) e.target.querySelector("input").click();
  });
  // Another list begins with nothing ticked: a row that is drawn anew must not
  // keep the tick of the one before.
  on("htmx:after:swap", () => {
    [...picks(), find("#bulk [name=all]")].forEach((box) => box && (box.checked = box.defaultChecked));
    told();
  });
  addEventListener("pageshow", told);

  // Buttons that only scripts can serve.
  const buttons = {
    async copy(button) {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        say("Copied.");
      } catch {
        say("Could not copy. The text is " + button.dataset.copy + ".");
      }
    },
    reveals(button) {
      const input = document.getElementById(button.dataset.reveals);
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      button.setAttribute("aria-pressed", String(hidden));
    },
    opens(button) {
      closeMenus(null);
      document.getElementById(button.dataset.opens).showModal();
    },
    dismiss(button) {
      button.closest(".toast").remove();
    },
    adds(button) {
      const all = button.form.querySelectorAll("." + button.dataset.adds);
      const last = all[all.length - 1];
      const next = last.cloneNode(true);
      next.querySelectorAll(".fault").forEach((p) => p.remove());
      for (const input of next.querySelectorAll("input, textarea")) {
        input.value = "";
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
        input.id = input.id.replace(/\d+/, all.length);
        input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/\d+/, all.length + 1));
      }
      last.after(next);
      next.querySelector("input").focus();
    },
  };
  on("click", (e) => {
    const button = e.target.closest("button");
    if (!button) return;
    for (const name in buttons) if (name in button.dataset) buttons[name](button);
  });

  // Toasts go after ten seconds, unless somebody is at them. Those with a
  // button wait longer.
  const toaster = () => find(".toaster");
  const expire = (toast) => {
    const life = toast.querySelector("form, a") ? 20000 : 10000;
    const go = () => {
      if (toast.matches(":hover, :focus-within")) setTimeout(go, 3000);
      else toast.remove();
    };
    setTimeout(go, life);
  };
  const say = (text) => {
    const toast = document.createElement("div");
    toast.className = "toast";
    toast.setAttribute("role", "status");
    const content = document.createElement("div");
    content.className = "toast-content";
    toaster()?.append(toast);
    toast.append(content);
    content.textContent = text;
    expire(toast);
  };
  document.querySelectorAll(".toast").forEach(expire);

  // What was typed and not saved is not left behind without asking.
  const snapshot = (form) => new URLSearchParams(new FormData(form)).toString();
  const clean = new WeakMap();
  const guard = (form) => clean.set(form, snapshot(form));
  const dirty = (form) => form.hasAttribute("data-dirty") || (clean.has(form) && clean.get(form) !== snapshot(form));
  document.querySelectorAll("form[data-guard]").forEach(guard);
  let leaving = false;
  addEventListener("beforeunload", (e) => {
    // What is still asked for is for this page: broken off, it is no failure.
    document.querySelectorAll("[hx-get]").forEach((el) => el.dispatchEvent(new CustomEvent("htmx:abort")));
    if (leaving) return;
    if ([...document.querySelectorAll("form[data-guard]")].some(dirty)) e.preventDefault();
  });

  // A form is sent once, however often its button is pressed; one that is
  // answered with a file leaves the page as it is.
  on("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || form.method !== "post") return;
    if ("download" in form.dataset || form.elements.act?.value?.startsWith("export-")) return closeMenus(null);
    if (form.dataset.sent) return e.preventDefault();
    form.dataset.sent = "true";
    leaving = true;
    for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    leaving = false;
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-disabled]").forEach((b) => b.removeAttribute("aria-disabled"));
    }
  });

  // The search box and the links of the list ask for the same part of the page.
  // A link goes first: what was asked before is broken off, and a search waits
  // for the answer, with which it finds the filters that it has to send along.
  // So do clicks that take further filters away.
  let search = null; // the request under way
  let link = null; // likewise
  let owed = false; // what was typed is still to be searched for
  const clicked = []; // the names of filters that are still to go
  const pills = () => [...document.querySelectorAll("#customers .chip a")];
  on("input", (e) => {
    if (e.target.closest("#find")) owed = true;
  });
  on("click", (e) => {
    const pill = link && pills().find((a) => a.contains(e.target));
    if (!pill || e.metaKey || e.ctrlKey || e.shiftKey) return;
    e.preventDefault();
    e.stopPropagation();
    clicked.push(pill.ariaLabel);
  }, true);
  on("htmx:config:request", (e) => {
    if (e.target.id !== "find") return;
    if (link) e.preventDefault();
    else owed = false;
  });
  on("htmx:before:request", (e) => {
    const { ctx } = e.detail;
    if (ctx.sourceElement.id === "find") search = ctx;
    else if (ctx.target?.id === "customers") {
      if (search) owed = true;
      for (const before of [search, link]) before?.request.abort();
      link = ctx;
    }
  });
  on("htmx:finally:request", (e) => {
    const { ctx } = e.detail;
    if (ctx === search) search = null;
    if (ctx !== link) return;
    link = null;
    const name = clicked.shift();
    const pill = name && pills().find((a) => a.ariaLabel === name);
    if (pill) pill.click();
    else if (owed) find("#find input[type=search]")?.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // A search that is sent whole needs no answer to the one under way.
  on("submit", (e) => {
    if (e.target.id === "find") e.target.dispatchEvent(new CustomEvent("htmx:abort"));
  });

  // htmx: a session that ended, or a failure, does not end up inside the page.
  // What was asked for is what is tried again.
  const trouble = (asked) => {
    const line = find("#customers .trouble");
    if (!line) return say("That did not work. Load the page again and retry.");
    if (asked?.method === "GET") line.querySelector("a").href = asked.action;
    line.hidden = false;
  };
  on("htmx:after:request", (e) => {
    const { response, text } = e.detail.ctx;
    if (response.raw.redirected) {
      e.preventDefault();
      leaving = true;
      location.href = response.raw.url;
    } else if (response.status >= 400 && ![409, 422].includes(response.status)) {
      // Our own failures come as parts that leave the page as it is.
      if (!text.includes("<hx-partial")) e.preventDefault();
      trouble(e.detail.ctx.request);
    }
  });
  on("htmx:error", (e) => trouble(e.detail.ctx?.request));
  on("htmx:after:swap", (e) => {
    document.querySelectorAll("form[data-guard]").forEach((form) => clean.has(form) || guard(form));
    const { target, response } = e.detail.ctx;
    const faulty = find("#notes [aria-invalid]");
    if (faulty) faulty.focus();
    else if (target?.id === "notes" && response.status < 400) {
      // The button that was pressed is gone with the notes that were there.
      find("#notes summary")?.focus({ preventScroll: true });
      say("Saved.");
    }
    const list = find("#customers");
    const box = find("#find input[type=search]");
    if (list && box && !owed && box !== document.activeElement) box.value = list.dataset.words;
  });
})();
