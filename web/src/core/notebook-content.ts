// A notebook as nbformat 4 has it; text is one string or a list of lines.

export interface CellContent {
  readonly id?: string;
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly [key: string]: unknown;
}

export interface NotebookContent {
  readonly cells: readonly CellContent[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

export const joinedText = (source: string | readonly string[]): string => (typeof source === 'string' ? source : source.join(''));
