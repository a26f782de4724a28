import type { PostgresRow } from "@avantlink-s2s/outbox/postgres";

/** Runs statements over HTTP, as serverless drivers do: each request is one statement on whichever connection. */
export function httpQuery(url: string) {
  return async (sql: string, params: (string | null)[]) => {
    const response = await fetch(url, { method: "POST", body: JSON.stringify({ sql, params }) });
    const answer = (await response.json()) as { readonly rows: readonly PostgresRow[] };
    if (!response.ok) throw Object.assign(new Error("refused"), answer);
    return answer;
  };
}
