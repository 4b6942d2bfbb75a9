// What a person types is for where they put the cursor. A frame that takes the keyboard by itself gives it back, and one that tries again and again is told of.
// Frames are forbidden it by permission policy, too; where the browser follows that one, nothing happens here.
import { isFocusWanted, type FocusFacts } from '../../core/outputs-focus';

const mostThefts = 3;
const modifiers = new Set(['Alt', 'AltGraph', 'CapsLock', 'Control', 'Fn', 'Meta', 'Shift']);

interface Suspect {
  readonly onThief: () => void;
  thefts: number;
  pointerCameAt: number;
  pointerLeftAt: number;
}

class FocusGuard {
  readonly #suspects = new Map<Element, Suspect>();
  /** Where the person put the cursor: in an element of the page, or in a frame. */
  #place: HTMLElement | null = null;
  #keyAt = -Infinity;
  #tab: KeyboardEvent | null = null;
  #pressAt = -Infinity;
  #isTouched = false;

  constructor() {
    const early = { capture: true, passive: true };
    addEventListener('keydown', event => this.#onKey(event), early);
    addEventListener('pointerdown', event => this.#onPress(event), early);
    addEventListener('pointerover', event => this.#onCame(event), early);
    addEventListener('pointerout', event => this.#onLeft(event), early);
    addEventListener('focusin', event => this.#onPlace(event), early);
    addEventListener('focus', event => this.#onBack(event), early);
    addEventListener('blur', event => this.#onGone(event), early);
  }

  /** From now on the frame is watched. Gives the way to end that. */
  watch(frame: HTMLIFrameElement, onThief: () => void): () => void {
    this.#suspects.set(frame, { onThief, thefts: 0, pointerCameAt: -Infinity, pointerLeftAt: -Infinity });
    return () => this.#suspects.delete(frame);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Tab') this.#tab = event;
    else if (!modifiers.has(event.key)) this.#keyAt = event.timeStamp;
  }

  #onPress(event: PointerEvent): void {
    this.#pressAt = event.timeStamp;
    this.#isTouched = event.pointerType === 'touch';
  }

  #onCame(event: PointerEvent): void {
    this.#isTouched = event.pointerType === 'touch';
    const suspect = this.#suspects.get(event.target as Element);
    if (suspect) suspect.pointerCameAt = event.timeStamp;
  }

  #onLeft(event: PointerEvent): void {
    const suspect = this.#suspects.get(event.target as Element);
    if (suspect) suspect.pointerLeftAt = event.timeStamp;
  }

  #onPlace(event: FocusEvent): void {
    const [place] = event.composedPath();
    if (place instanceof HTMLElement) this.#place = place;
    this.#tab = null; // it led here
  }

  /** The keyboard is the page's again, though perhaps no element's. */
  #onBack(event: FocusEvent): void {
    if (event.target === window && this.#place && this.#suspects.has(this.#place)) this.#place = null;
  }

  /** The keyboard has left the page. Only the next task can tell where it went (Firefox) and can move it (Chromium). */
  #onGone(event: FocusEvent): void {
    if (event.target === window) setTimeout(() => this.#judge());
  }

  #judge(): void {
    const frame = document.activeElement;
    const suspect = frame && this.#suspects.get(frame);
    if (!suspect || !(frame instanceof HTMLIFrameElement) || frame === this.#place) return;
    if (isFocusWanted(this.#factsOf(frame, suspect))) this.#place = frame;
    else this.#takeBack(frame, suspect);
  }

  #factsOf(frame: Element, suspect: Suspect): FocusFacts {
    const now = performance.now();
    const isTabKept = this.#tab?.defaultPrevented === true; // it wrote or completed something
    const tabAt = this.#tab?.timeStamp ?? -Infinity;
    return {
      sinceKey: now - Math.max(this.#keyAt, isTabKept ? tabAt : -Infinity),
      sinceTab: now - (isTabKept ? -Infinity : tabAt),
      sincePress: now - this.#pressAt,
      sinceCame: now - suspect.pointerCameAt,
      sinceOver: this.#isTouched || frame.matches(':hover') ? 0 : now - suspect.pointerLeftAt,
      isActivated: navigator.userActivation?.isActive !== false,
    };
  }

  #takeBack(frame: HTMLIFrameElement, suspect: Suspect): void {
    frame.blur();
    this.#place?.focus({ preventScroll: true });
    suspect.thefts += 1;
    if (suspect.thefts === mostThefts) suspect.onThief();
  }
}

export const focusGuard = new FocusGuard();
