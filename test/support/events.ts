import type { TrackingEvent } from "@avantlink-s2s/core";

type EventOf<Type extends TrackingEvent["type"]> = Extract<TrackingEvent, { type: Type }>;

/** Keeps the events of a tracker, and lets a test await the events to come. */
export interface EventLog {
  readonly onEvent: (event: TrackingEvent) => void;
  readonly all: readonly TrackingEvent[];
  /** The events of one type so far. */
  of<Type extends TrackingEvent["type"]>(type: Type): EventOf<Type>[];
  /** Resolves with the events of one type as soon as there are `count`. */
  waitFor<Type extends TrackingEvent["type"]>(type: Type, count?: number): Promise<EventOf<Type>[]>;
  /** Resolves as soon as the condition holds. Each event asks it again. */
  until(isSo: () => boolean): Promise<void>;
}

export function eventLog(): EventLog {
  const all: TrackingEvent[] = [];
  const looks = new Set<() => void>();
  const of = <Type extends TrackingEvent["type"]>(type: Type) =>
    all.filter((event): event is EventOf<Type> => event.type === type);

  function until(isSo: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
    });
  }

  return {
    all,
    of,
    onEvent(event) {
      all.push(event);
      for (const look of looks) look();
    },
    async waitFor(type, count = 1) {
      await until(() => of(type).length >= count);
      return of(type);
    },
    until,
  };
}
