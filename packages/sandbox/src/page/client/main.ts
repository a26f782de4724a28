import { html } from "htm/preact";
import { render } from "preact";
import { App } from "./app.ts";
import { listenToKeys } from "./keys.ts";
import { connect } from "./server.ts";

render(html`<${App} />`, document.body);
listenToKeys();
connect();
