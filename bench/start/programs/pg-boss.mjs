import { PgBoss } from "pg-boss";

new PgBoss("postgres://127.0.0.1:9/nothing");
