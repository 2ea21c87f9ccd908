// Shows the APIs with Swagger UI and signs the calls that are tried. The key
// stays in the form's fields: nothing is stored, and nothing but the signature
// or the login of the API itself leaves the page.
addEventListener("DOMContentLoaded", () => {
  "use strict";
  const place = document.getElementById("swagger-ui");
  const faces = JSON.parse(place.dataset.faces);
  const field = (name) => document.getElementById("docs-" + name).value.trim();

  const bytes = (text) => new TextEncoder().encode(text);
  const base64url = (data) => {
    const text = typeof data === "string" ? data : String.fromCharCode(...new Uint8Array(data));
    return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };
  const hex = (data) => Array.from(new Uint8Array(data), (b) => b.toString(16).padStart(2, "0")).join("");
  const now = () => Math.floor(Date.now() / 1000);

  // wallee: a token for each call, HS256 under the key's bytes.
  const signWallee = async (request, target) => {
    const raw = Uint8Array.from(atob(field("secret")), (c) => c.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const head = base64url(JSON.stringify({ alg: "HS256", typ: "JWT", ver: 1 }));
    const claims = base64url(
      JSON.stringify({ sub: field("id"), iat: now(), requestPath: target, requestMethod: request.method.toUpperCase() }),
    );
    const signature = await crypto.subtle.sign("HMAC", key, bytes(head + "." + claims));
    request.headers.Authorization = `Bearer ${head}.${claims}.${base64url(signature)}`;
  };

  // Monri: a digest of the key, the time, the ID, the path and the body.
  const signMonri = async (request, target) => {
    const time = String(now());
    const text = field("secret") + time + field("id") + target + (request.body ?? "");
    const digest = hex(await crypto.subtle.digest("SHA-512", bytes(text)));
    request.headers.Authorization = `WP3-v2.1 ${field("id")} ${time} ${digest}`;
  };

  // The others: one token, asked for when the first call is tried.
  let token = { of: "", text: "", until: 0 };
  const signBearer = async (request) => {
    const of = field("id") + ":" + field("secret");
    if (token.of !== of || token.until < now() + 60) {
      const answer = await fetch("/oauth/token", {
        method: "POST",
        headers: { Authorization: "Basic " + btoa(of), "Content-Type": "application/x-www-form-urlencoded" },
        body: "grant_type=client_credentials",
      });
      if (!answer.ok) return; // the call itself will say what is wrong
      const said = await answer.json();
      token = { of, text: said.access_token, until: now() + said.expires_in };
    }
    request.headers.Authorization = "Bearer " + token.text;
  };

  const signers = { wallee: signWallee, monri: signMonri };
  const logins = ["/v1/login", "/v2/oauth", "/oauth/token"];

  const requestInterceptor = async (request) => {
    const url = new URL(request.url, location.href);
    const within = (base) => url.pathname === base || url.pathname.startsWith(base + "/");
    const face = faces.find((f) => f.bases.some(within));
    if (url.origin !== location.origin || !face || logins.includes(url.pathname) || !field("id") || !field("secret")) {
      return request;
    }
    request.headers ??= {};
    try {
      await (signers[face.name] ?? signBearer)(request, url.pathname + url.search);
    } catch (e) {
      console.warn("This call could not be signed:", e);
    }
    return request;
  };

  document.getElementById("docs-key").addEventListener("submit", (e) => e.preventDefault());
  SwaggerUIBundle({
    urls: faces.map((f) => ({ name: f.title, url: f.url })),
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
    presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
    layout: "StandaloneLayout",
    requestInterceptor,
  });
});
