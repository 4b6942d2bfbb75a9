import { expect, it } from 'vitest';
import { mayHoldMath } from './has-math';

it('sees every way a formula can begin', () => {
  expect(['a $x$', '$$x$$', '\\(x\\)', '\\[x\\]', '\\begin{align}x\\end{align}', 'see \\eqref{one}', 'see \\ref{one}'].map(mayHoldMath)).not.toContain(false);
});

it('lets plain words alone', () => {
  expect(['', 'words (in brackets) [and more]', 'C:\\Users\\reference', 'a \\* b'].map(mayHoldMath)).not.toContain(true);
});
