// What the editor of documents asks of the server, in the language of the page.

import { asked } from "./words.js";

export const lang = document.documentElement.lang;

export const get = (path) => asked(`/library/${path}`, { headers: { "Accept-Language": lang } });

export const post = (path, body = {}) =>
  asked(`/library/${path}`, {
    method: "POST",
    headers: { "Accept-Language": lang, "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

// Sends a file and resolves to what was read of it; `onPart` hears which share, 0 to 1, has left.
// Rejects with an Error whose `wait` is how many seconds to wait before it is sent again, 0 for never.
export const send = (file, brokenOff, onPart) =>
  new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/library/staged?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept-Language", lang);
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => onPart(total ? loaded / total : 1);
    request.onload = () => {
      if (request.status === 200) { done(request.response); return; }
      const { message = String(request.status), retry_after: wait = 0 } = request.response?.error ?? {};
      fail(Object.assign(new Error(message), { wait }));
    };
    request.onerror = () => fail(Object.assign(new Error(brokenOff), { wait: 0 }));
    request.send(file);
  });
