import { Pool } from "undici";

new Pool("http://127.0.0.1:9");
