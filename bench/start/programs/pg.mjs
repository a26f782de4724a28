import { Pool } from "pg";

new Pool({ connectionString: "postgres://127.0.0.1:9/nothing" });
