import { describe, expect, it } from 'vitest';
import { isFocusWanted, type FocusFacts } from './outputs-focus';

const never = Infinity;
const nothing: FocusFacts = { sinceKey: never, sinceTab: never, sincePress: never, sinceCame: never, sinceOver: never, isActivated: false };
const pressed = { ...nothing, isActivated: true };

describe('a frame keeps the keyboard', () => {
  it.each<[string, FocusFacts]>([
    ['when it was clicked', { ...pressed, sinceCame: 400, sinceOver: 0, sincePress: 3000 }],
    ['when it was clicked and the pointer has moved on', { ...pressed, sinceCame: 400, sinceOver: 100, sincePress: 3000 }],
    ['when the pointer went there from the keyboard at once', { ...pressed, sinceKey: 600, sinceCame: 200, sinceOver: 0 }],
    ['when it was clicked where the pointer had been resting', { ...pressed, sinceKey: 1500, sinceCame: 60_000, sinceOver: 0 }],
    ['when it was reached with Tab', { ...pressed, sinceTab: 30 }],
    ['when it was reached with Tab right after writing', { ...pressed, sinceTab: 30, sinceKey: 200 }],
    ['when something was pressed and nothing in the page', { ...pressed, sinceKey: 20_000, sincePress: 9000 }],
    ['when a finger may have tapped it', { ...pressed, sinceKey: 1200, sincePress: 4000, sinceOver: 0 }],
  ])('%s', (_, facts) => expect(isFocusWanted(facts)).toBe(true));
});

describe('a frame has to give the keyboard back', () => {
  it.each<[string, FocusFacts]>([
    ['when nobody did anything', nothing],
    ['when nobody did anything, though the pointer rests on it', { ...nothing, sinceCame: 60_000, sinceOver: 0 }],
    ['while somebody writes', { ...pressed, sinceKey: 80 }],
    ['while somebody writes and the pointer rests on it', { ...pressed, sinceKey: 80, sinceCame: 5000, sinceOver: 0 }],
    ['while somebody writes on glass', { ...pressed, sinceKey: 80, sinceOver: 0 }],
    ['when somebody who writes pauses', { ...pressed, sinceKey: 4000 }],
    ['when somebody went on writing after a Tab', { ...pressed, sinceTab: 300, sinceKey: 80 }],
    ['when something else in the page was pressed', { ...pressed, sincePress: 700 }],
    ['when the pointer passed it a while ago', { ...pressed, sincePress: 2500, sinceCame: 4000, sinceOver: 3000 }],
  ])('%s', (_, facts) => expect(isFocusWanted(facts)).toBe(false));
});
