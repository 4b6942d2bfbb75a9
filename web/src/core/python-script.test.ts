import { describe, expect, it } from 'vitest';
import { pythonScript } from './python-script';

const script = (...cells: [string, string][]) => pythonScript({ nbformat: 4, nbformat_minor: 5, cells: cells.map(([cell_type, source]) => ({ cell_type, source })) });

describe('a notebook as a Python file', () => {
  it('has code as it stands and text as comments', () => {
    expect(script(['markdown', '# Title\n\nwords'], ['code', 'x = 1'])).toBe('# %% [markdown]\n# # Title\n#\n# words\n\n# %%\nx = 1\n');
  });

  it('takes out what only a notebook understands', () => {
    expect(script(['code', '%matplotlib inline\n!pip list\nlen?\ny = 5 % 3'])).toBe('# %%\n# %matplotlib inline\n# !pip list\n# len?\ny = 5 % 3\n');
    expect(script(['code', '%%bash\nls'])).toBe('# %%\n# %%bash\n# ls\n');
  });

  it('leaves empty cells out', () => {
    expect(script(['code', '  '], ['code', '1'])).toBe('# %%\n1\n');
  });
});
