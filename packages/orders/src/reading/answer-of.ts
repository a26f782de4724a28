/** What a function of the shop's answers. One that is async is not awaited, and what it rejects with must end no process. */
export function answerOf(ask: () => unknown): unknown {
  const answer = ask();
  if (answer instanceof Promise) answer.catch(() => {});
  return answer;
}
