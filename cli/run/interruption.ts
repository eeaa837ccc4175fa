/** What a terminal or a system sends to whom it wants to end. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interruption {
  readonly requested: boolean;
  /** Lets signals end the process again. */
  stop(): void;
}

/** Notes the first of these signals instead of dying of it; the second one ends the process as ever. */
export function watchInterruption(): Interruption {
  let requested = false;
  const stop = () => {
    for (const signal of signals) process.off(signal, note);
  };
  const note = () => {
    requested = true;
    stop();
  };
  for (const signal of signals) process.on(signal, note);
  return {
    get requested() {
      return requested;
    },
    stop,
  };
}
