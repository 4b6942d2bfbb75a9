// Whether the keyboard belongs to an output's frame that has just taken it. No browser tells the page why a frame got the focus, so the page looks at
// what the person did before: they pressed in the frame, or moved on with Tab; whatever else gives a frame the keyboard is its own script.

/** What the page knows when the focus goes to a frame. Times in milliseconds since then; infinite for what never was. */
export interface FocusFacts {
  /** The last key pressed in the page, other than Tab and mere modifiers. */
  readonly sinceKey: number;
  /** The last Tab that the page left to the browser. */
  readonly sinceTab: number;
  /** The last press of a pointer in the page. */
  readonly sincePress: number;
  /** The pointer came to the frame. */
  readonly sinceCame: number;
  /** The pointer was over the frame; 0 when it is, or could be without anybody knowing, as a finger. */
  readonly sinceOver: number;
  /** Whether the browser says that a person pressed something lately, in the page or in a frame. */
  readonly isActivated: boolean;
}

/** For so long somebody who pressed a key is writing, a Tab is on its way, and a pointer that has gone on may have pressed. */
export const moment = 1000;
/** For so long a press in the page may be what `isActivated` tells of; browsers forget it after this time. */
export const activation = 5000;

export function isFocusWanted(facts: FocusFacts): boolean {
  const { sinceKey, sinceTab, sincePress, sinceCame, sinceOver, isActivated } = facts;
  if (sinceTab < moment && sinceTab < sinceKey) return true;
  if (!isActivated) return false;
  if (sinceKey < moment) return sinceCame < sinceKey; // wrote, then went to the frame at once
  if (sinceOver < moment) return true;
  return Math.min(sinceKey, sinceTab, sincePress) > activation; // pressed, and not in the page
}
