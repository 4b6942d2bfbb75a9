// The part of Plotly the page uses; its package brings no types.
declare module 'plotly.js-strict-dist-min' {
  interface Figure {
    readonly data: readonly object[];
    readonly layout: object;
    readonly frames: readonly object[];
    readonly config: object;
  }
  const Plotly: {
    newPlot(place: HTMLElement, figure: Figure): Promise<HTMLElement>;
    purge(place: HTMLElement): void;
    readonly Plots: { resize(place: HTMLElement): Promise<void> };
  };
  export default Plotly;
}
