/** Whether a text may hold a formula, by the marks MathJax looks for. Says yes rather once too often: what sets formulas is large. */
export const mayHoldMath = (text: string): boolean => /\$|\\[([]|\\begin\b|\\(eq)?ref\b/.test(text);
