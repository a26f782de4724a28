/** The answer of a function of the shop's. An async function is not awaited, and its rejection must end no process. */
export function answerOf(ask: () => unknown): unknown {
  const answer = ask();
  if (answer instanceof Promise) answer.catch(() => {});
  return answer;
}
